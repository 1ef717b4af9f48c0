/* The opening minute: whoever waits on the page before the start has the button already, and
 * nothing is asked of the server until it is pressed. See harness.mjs. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { DESKTOP, Folder, PHONE, fits, person, register, says, sleep, wait_for, words } from './harness.mjs';

const OPENS_AT = Date.parse('2024-09-20T08:00:00+07:00');
const people = {};
let server, shift;
const left_ms = () => OPENS_AT - (Date.now() + shift);

before(async () => {
	const folder = new Folder().fresh();
	server = await folder.serve('2024-09-19T20:00:00+07:00');
	await Promise.all(['watching', 'keys', 'nojs', 'guest'].map(async (name) => {
		const context = await person({ js: name !== 'nojs' });
		const one = people[name] = { context, page: await context.newPage(), asked: [] };
		if (name !== 'guest')
			await register(one.page, server);
	}));
	const { page } = people.watching;
	await page.click('main .hero a[href$="/vao-thi"]');
	await says(page, 'Chưa đến giờ mở thi. Mở thi lúc 08:00 ngày 20/09/2024', '0 ngày 11 giờ 59 phút');
	await server.end();

	/* The same people, 15 seconds before the opening; a second of it may be over when the
	 * server has started, so that it opens later than we count. */
	const begun = Date.now(), clock = '2024-09-20T07:59:45+07:00';
	server = await folder.serve(clock, { port: server.port });
	shift = Date.parse(clock) - begun;
	await Promise.all(Object.entries(people).map(async ([name, one]) => {
		await one.page.goto(server.home + (name === 'guest' ? '' : '/vao-thi'));
		/* The browser fetches a tab's icon when it likes. */
		one.context.on('request', (request) => /favicon/.test(request.url()) || one.asked.push(request.url()));
	}));
	assert.ok(left_ms() > 4000, 'this machine is too slow for an opening in 15 seconds');
});

test('without JavaScript the button can be pressed early, and says how long it still is', async () => {
	const { page, context } = people.nojs;
	await says(page, 'Lúc mở trang này còn', 'Không cần tải lại trang', '30 câu', '30 phút');
	assert.ok(await page.isEnabled('#bat-dau'));
	const [reply] = await Promise.all([page.waitForResponse(/vao-thi$/), page.click('#bat-dau')]);
	assert.equal(reply.status(), 409);
	await says(page, 'Chưa đến giờ mở thi', /Lúc mở trang này còn \d+ giây/);
	assert.equal(await page.getAttribute('#chua-mo', 'role'), 'alert');
	await fits(page, PHONE.width, DESKTOP.width);
	assert.deepEqual(context.complaints, []);
});

test('with it the button opens by itself: nothing is asked, and the press leads to the paper', async () => {
	const { page, context, asked } = people.watching;
	assert.ok(await page.isDisabled('#bat-dau'));
	assert.match(await words(page, '.countdown'), /^0 ngày 0 giờ 0 phút \d+ giây$/);
	await fits(page, PHONE.width, DESKTOP.width);
	await wait_for(() => page.isEnabled('#bat-dau'), 'the button');
	assert.ok(left_ms() <= 0, `${left_ms()} ms too early`);
	assert.equal(await words(page, '[role=status]'), 'Đã đến giờ. Mời bạn bắt đầu làm bài.');
	assert.ok(await page.isHidden('#chua-mo'));
	assert.deepEqual(asked, []);
	await page.click('#bat-dau');
	await page.waitForURL(/\/bai-thi\/chinh-thuc-1$/);
	assert.deepEqual(context.complaints, []);
});

test('by the keyboard alone', async () => {
	const { page, context, asked } = people.keys;
	await wait_for(() => page.isEnabled('#bat-dau'), 'the button');
	assert.deepEqual(asked, []);
	for (let presses = 0; await page.evaluate(() => document.activeElement.id) !== 'bat-dau'; presses++) {
		assert.ok(presses < 40, 'no Tab leads to the button');
		await page.keyboard.press('Tab');
	}
	await page.keyboard.press('Enter');
	await page.waitForURL(/\/bai-thi\/chinh-thuc-1$/);
	assert.deepEqual(context.complaints, []);
});

test('a page from before the opening is obeyed after it, without JavaScript', async () => {
	const { page } = people.nojs;
	await page.click('#bat-dau');
	await page.waitForURL(/\/bai-thi\/chinh-thuc-1$/);
});

test('the home page leads in at the opening, and does not load itself again', async () => {
	const { page, context, asked } = people.guest;
	await wait_for(() => page.isVisible('#den-gio'), 'the opening');
	await says(page, 'Đã đến giờ mở thi.');
	await sleep(3000);
	assert.deepEqual(asked, []);
	await page.click('#den-gio a');
	await page.waitForURL(/\/dang-nhap\?/);
	assert.deepEqual(context.complaints, []);
});
