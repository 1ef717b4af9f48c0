/* The round closes under open papers (at_close: cut): what was saved is submitted, whether or
 * not the page is still there. See harness.mjs. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { Folder, choose, key_of, person, register, says, sleep, start, stored, wait_for, wait_saved,
	words } from './harness.mjs';

const CLOSES_AT = Date.parse('2024-10-05T00:00:00+07:00');
const people = {};
let server, shift;
const left_ms = () => CLOSES_AT - (Date.now() + shift);

before(async () => {
	const folder = new Folder().fresh();
	server = await folder.serve('2024-10-04T20:00:00+07:00');
	await Promise.all(['watching', 'offline', 'away', 'nojs'].map(async (name) => {
		const context = await person({ js: name !== 'nojs' });
		people[name] = { context, page: await context.newPage() };
		await register(people[name].page, server);
	}));
	await server.end();

	/* The same people, 25 seconds before the close. */
	const begun = Date.now(), clock = '2024-10-04T23:59:35+07:00';
	server = await folder.serve(clock, { port: server.port });
	shift = Date.parse(clock) - begun;	/* at most the time of a start too early */
	await Promise.all(Object.values(people).map(async (one) => {
		await start(one.page, server);
		one.key = await key_of(one.page);
		one.answer = (item) => choose(one.page, item, one.key[item - 1]);
	}));
	await says(people.watching.page, 'Bài sẽ kết thúc lúc 24:00 ngày 04/10/2024');
	for (const name of ['watching', 'offline', 'away'])
		for (const item of [1, 2, 3])
			await people[name].answer(item);
	for (const item of [1, 2])
		await people.nojs.answer(item);
	await people.nojs.page.press('#du-doan', 'Enter');
	await people.nojs.page.waitForURL(/da-luu/);
	await people.nojs.answer(3);	/* never saved in time */
	for (const name of ['watching', 'offline', 'away'])
		await wait_saved(people[name].page);
	await people.away.page.close();
	await people.offline.context.setOffline(true);
	await people.offline.answer(4);		/* never reaches the server in time */
	assert.ok(left_ms() > 4000, 'this machine is too slow for a close in 25 seconds');
});

test('at zero the page says so and leads to the result, with the last second\'s answer', async () => {
	const { page, answer, context } = people.watching;
	await sleep(left_ms() - 2500);
	assert.match(await words(page, '#con-lai'), /^00:0\d$/);
	assert.equal(await page.locator('.paper-bar.is-last').count(), 1);
	await answer(4);
	await page.waitForURL(/\/ket-qua\//, { timeout: 20000 });
	await says(page, 'Đã nộp bài', /đúng 4\/30/, 'hết giờ', /24:00|00:00/);
	assert.deepEqual(context.complaints, []);
});

test('a page without a network waits, and leads to the result when it is back', async () => {
	const { page, context } = people.offline;
	await wait_for(async () => /Hết giờ|Mất mạng/.test(await words(page, '#da-luu')), 'told');
	assert.ok(await page.locator('input[name=a5]').first().isDisabled());
	await context.setOffline(false);
	await page.waitForURL(/\/ket-qua\//, { timeout: 20000 });
	await says(page, /đúng 3\/30/);
});

test('whoever went away has a result all the same', async () => {
	const page = await people.away.context.newPage();
	await page.goto(server.home + '/bai-thi/chinh-thuc-1');
	assert.match(page.url(), /\/ket-qua\//);
	await says(page, /đúng 3\/30/, 'hết giờ');
	await page.goto(server.home + '/toi');
	await says(page, 'Xem kết quả lượt 1');
});

test('without JavaScript: a save after the deadline leads to the result', async () => {
	const { page } = people.nojs;
	await sleep(left_ms() + 500);
	await page.click('#thanh button');
	await page.waitForURL(/\/ket-qua\//);
	await says(page, /đúng 2\/30/, 'hết giờ');
	await page.goto(server.home + '/vao-thi');
	await says(page, 'Hiện không có đợt thi nào đang mở');
});
