/* The network goes and comes back; replies get lost; the server is busy. Nothing that was
 * answered may be lost. See harness.mjs. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Folder, choose, key_of, person, register, says, shown, start, stored, wait_for, wait_saved,
	words } from './harness.mjs';

let server;
before(async () => { server = await new Folder().demo(); });

async function sitter() {
	const context = await person();
	const page = await context.newPage();
	await register(page, server);
	await start(page, server);
	return { context, page, paper: page.url() };
}

const vector = (head) => head.padEnd(30, '0');
const journal = (page) => page.evaluate(() => Object.entries(localStorage)
	.filter(([key]) => key.startsWith('hoithi:')).map(([, value]) => value).join());
const state = (page) => words(page, '#da-luu');

/* Side by side: most of their time is waiting. */
describe('the network', { concurrency: true }, () => {
	it('offline: answers stay in the journal, are shown as not saved, are saved when it is back', async () => {
		const { context, page } = await sitter();
		await choose(page, 1, 1);
		await wait_saved(page);
		await context.setOffline(true);
		await choose(page, 2, 2);
		await choose(page, 3, 3);
		await page.fill('#du-doan', '44');
		await wait_for(async () => /Mất mạng: bài được giữ trên máy này/.test(await state(page)), 'told');
		assert.match(await words(page, '#luoi a[href="#cau-2"]'), /chưa lưu/);
		assert.match(await journal(page), /"123000/);
		assert.equal(await page.locator('.paper-bar.is-offline').count(), 1);
		await context.setOffline(false);
		await wait_saved(page);
		const now = await stored(context, server);
		assert.equal(now.answers, vector('123'));
		assert.equal(now.prediction, '44');
		assert.doesNotMatch(await words(page, '#luoi a[href="#cau-2"]'), /chưa lưu/);
		await context.close();
	});

	it('a reload while offline loses nothing', async () => {
		const { context, page, paper } = await sitter();
		await context.setOffline(true);
		await choose(page, 4, 4);
		await page.check('input[name=f5]');
		await page.fill('#du-doan', '1.500');
		await wait_for(async () => /Mất mạng/.test(await state(page)), 'told');
		await page.reload().catch(() => {});
		assert.equal(await page.locator('#paper').count(), 0, 'the page is gone');
		await context.setOffline(false);
		await page.goto(paper);
		assert.equal(await shown(page), vector('0004'));
		await wait_saved(page);
		const now = await stored(context, server);
		assert.deepEqual([now.answers, now.flags, now.prediction], [vector('0004'), vector('00001'), '1.500']);
		await context.close();
	});

	it('a lost reply and a busy server: the save is sent again until it is answered', async () => {
		const { context, page } = await sitter();
		let busy = 1, lost = 1;
		await page.route('**/luu.json', async (route) => {
			if (busy-- > 0) {
				await route.fulfill({ status: 503, headers: { 'Retry-After': '1' }, body: '{"verdict":"busy"}\n' });
			} else if (lost-- > 0) {
				await route.fetch();	/* the server has it; its answer never comes */
				await route.abort();
			} else {
				await route.continue();
			}
		});
		await choose(page, 1, 1);
		await wait_for(() => busy < 1, 'asked');
		await choose(page, 2, 2);	/* while the first is still to be answered */
		await wait_for(() => lost < 0, 'asked again', 30000);
		await wait_saved(page);
		assert.equal((await stored(context, server)).answers, vector('12'));
		await context.close();
	});

	it('submit without a network says so; with it back, every answer counts', async () => {
		const { context, page } = await sitter();
		const key = await key_of(page);
		for (let i = 1; i <= 15; i++)
			await choose(page, i, key[i - 1]);
		await context.setOffline(true);
		for (let i = 16; i <= 30; i++)
			await choose(page, i, key[i - 1]);
		await page.fill('#du-doan', '12');
		await page.click('button:has-text("Nộp bài")');
		await wait_for(async () => /chưa nộp được/.test(await state(page)), 'told');
		await context.setOffline(false);
		await wait_saved(page);
		assert.equal((await stored(context, server)).answers, key);
		await page.click('button:has-text("Nộp bài")');
		await page.waitForURL(/\/ket-qua\//);
		await says(page, /đúng 30\/30/, '12 người');
		await context.close();
	});

	it('a connection that dies at the submit: the page keeps all, the second press submits', async () => {
		const { context, page } = await sitter();
		const key = await key_of(page);
		for (let i = 1; i <= 30; i++)
			await choose(page, i, key[i - 1]);
		await page.fill('#du-doan', '13');
		await page.route('**/luu.json', (route) => route.abort());	/* a cell that says it is online */
		await page.click('button:has-text("Nộp bài")');
		await wait_for(async () => /chưa nộp được/.test(await state(page)), 'told');
		assert.equal(await shown(page), key);
		await page.unroute('**/luu.json');
		await wait_saved(page, 40000);
		await page.click('button:has-text("Nộp bài")');
		await page.waitForURL(/\/ket-qua\//);
		await says(page, /đúng 30\/30/, '13 người');
		await context.close();
	});
});
