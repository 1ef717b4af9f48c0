/* The journey with JavaScript on: background saves, two tabs, two devices. See harness.mjs. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Folder, HOME, PASSWORD, choose, option, person, register, says, shown, sign_in, sleep,
	start, stored, wait_for, wait_saved, words } from './harness.mjs';

const PAPER = '/bai-thi/chinh-thuc-1';
let server;
before(async () => { server = await new Folder().demo(); });

/* Somebody new with a paper just begun. */
async function sitter(name) {
	const context = await person();
	const page = await context.newPage();
	const phone = await register(page, server, name);
	await start(page, server);
	return { context, page, phone };
}

async function wait_stored(context, answers) {
	let got;
	await wait_for(async () => (got = (await stored(context, server)).answers) === answers, answers)
		.catch(() => assert.equal(got, answers));
}

const vector = (head) => head.padEnd(30, '0');

/* Side by side: most of their time is waiting. */
describe('with JavaScript', { concurrency: true }, () => {
	it('answers are saved in the background; a reload keeps them; the clock runs', async () => {
		const { context, page } = await sitter();
		assert.match(await words(page, '#da-luu'), /Chưa lưu lần nào/);
		const seconds = async () => (await words(page, '#con-lai')).split(':').reduce((s, x) => s * 60 + +x, 0);
		const first = await seconds();
		await choose(page, 1, 3);
		assert.match(await words(page, '#luoi a[href="#cau-1"]'), /đã trả lời/);
		await wait_saved(page);
		await choose(page, 2, 4);
		await choose(page, 30, 1);
		await page.check('input[name=f2]');
		await page.fill('#du-doan', '1,200');
		await says(page, 'Hệ thống hiểu là: 1.200 người');
		await wait_stored(context, vector('34').slice(0, 29) + '1');
		await wait_saved(page);
		assert.match(await words(page, '.paper-count'), /3 ?\/30/);
		assert.ok(await seconds() < first && first <= 1800, 'the clock runs down');

		await page.reload();
		assert.equal(await shown(page), vector('34').slice(0, 29) + '1');
		assert.ok(await page.isChecked('input[name=f2]'));
		assert.match(await page.inputValue('#du-doan'), /^1[.,]200$/);
		await wait_saved(page);
		assert.equal((await stored(context, server)).flags, vector('01'));

		/* A chosen answer can be taken back by choosing it again. */
		await sleep(800);
		await option(page, 1, 3).click();
		await wait_stored(context, vector('04').slice(0, 29) + '1');
		assert.deepEqual(context.complaints, []);
		await context.close();
	});

	it('two tabs: both tabs\' answers end up saved', async () => {
		const { context, page } = await sitter();
		const other = await context.newPage();
		await other.goto(server.home + PAPER);
		await Promise.all([choose(page, 1, 1), choose(other, 6, 2)]);
		for (let i = 2; i <= 5; i++)
			await Promise.all([choose(page, i, 1), choose(other, 5 + i, 2)]);
		await wait_stored(context, vector('1111122222'));
		await Promise.all([wait_saved(page), wait_saved(other)]);
		/* Each shows what the other has once it saved again. */
		await choose(page, 11, 3);
		await wait_saved(page);
		await choose(other, 12, 4);
		await wait_stored(context, vector('111112222234'));
		await wait_for(async () => await shown(other) === vector('111112222234'), 'the tab shows both');
		assert.deepEqual(context.complaints, []);
		await context.close();
	});

	it('a second device: continue here moves the paper, the first page is told', async () => {
		const { context, page, phone } = await sitter('H\'Bia Niê');
		await choose(page, 1, 1);
		await wait_saved(page);

		const phone2 = await person();
		const second = await phone2.newPage();
		await sign_in(second, server, phone, PASSWORD);
		await second.goto(server.home + PAPER);
		await says(second, 'Bài này đang mở ở một thiết bị khác');
		assert.equal(await shown(second), vector('1'), 'what is saved can be read');
		assert.ok(await option(second, 2, 1).isDisabled());
		assert.equal(await second.locator('#paper button').count(), 0);
		await choose(page, 2, 2);	/* to look at it moves nothing */
		await wait_stored(context, vector('12'));

		await second.click('#take button');
		await second.waitForSelector('#paper button');
		assert.equal(await shown(second), vector('12'));
		await choose(second, 3, 3);
		await wait_saved(second);

		await choose(page, 4, 4);
		await says(page, 'Bài này đã được mở ở một thiết bị khác').catch(() =>
			wait_for(async () => /đã được mở ở một thiết bị khác/.test(await words(page, '#da-luu')), 'told'));
		assert.ok(await option(page, 5, 1).isDisabled(), 'nothing can be answered here any more');
		assert.equal((await stored(phone2, server)).answers, vector('123'), 'the first page saves no more');
		await page.click('#da-luu a');
		await says(page, 'Bài này đang mở ở một thiết bị khác');
		await page.click('#take button');	/* and back again */
		await page.waitForSelector('#paper button');
		/* What was given here meanwhile comes out of this machine's journal. */
		assert.equal(await shown(page), vector('1234'));
		await wait_stored(context, vector('1234'));
		assert.deepEqual([...context.complaints, ...phone2.complaints], []);
		await phone2.close();
		await context.close();
	});

	it('submit: blanks are asked about, all is counted, the journal goes', async () => {
		const { context, page } = await sitter();
		for (let i = 1; i <= 29; i++)
			await choose(page, i, 2);
		await page.click('button:has-text("Nộp bài")');	/* at once: the last answers are not saved yet */
		await page.waitForSelector('#submit');
		await says(page, 'Còn 1 câu chưa trả lời', 'câu 30', 'Câu dự đoán còn trống');
		assert.equal((await stored(context, server)).answers, '2'.repeat(29) + '0');
		await page.click('main a:has-text("Làm tiếp")');
		await choose(page, 30, 2);
		await page.fill('#du-doan', '35 người');
		await page.click('button:has-text("Nộp bài")');
		await says(page, 'Số dự đoán phải là số nguyên');
		await page.fill('#du-doan', '35');
		const keys = () => page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('hoithi:')));
		assert.equal((await keys()).length, 1);
		await page.click('button:has-text("Nộp bài")');
		await page.waitForURL(/\/ket-qua\//);
		await says(page, 'Đã nộp bài', /đúng \d+\/30/, '35 người');
		await wait_for(async () => (await keys()).length === 0, 'no journal is left');
		await page.goto(server.url + HOME + PAPER);
		assert.match(page.url(), /\/ket-qua\//, 'the paper leads to its result');
		assert.deepEqual(context.complaints, []);
		await context.close();
	});
});
