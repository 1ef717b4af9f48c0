/* Storage blocked, as in some private windows: no journal, and everything else works. See
 * harness.mjs. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Folder, choose, key_of, person, register, says, shown, start, stored, wait_for, wait_saved,
	words } from './harness.mjs';

let server;
before(async () => { server = await new Folder().demo(); });

const ways = {
	'localStorage may not be touched': () => {
		for (const name of ['localStorage', 'sessionStorage', 'indexedDB'])
			Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError'); } });
	},
	'localStorage is full': () => {
		Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
	},
};

describe('storage blocked', { concurrency: true }, () => {
	for (const [name, block] of Object.entries(ways)) {
		it(`${name}: saves, says so when offline, submits`, async () => {
			const context = await person();
			await context.addInitScript(block);
			const page = await context.newPage();
			await register(page, server);
			await start(page, server);
			const key = await key_of(page);
			await choose(page, 1, key[0]);
			await wait_saved(page);
			await page.reload();
			assert.equal(await shown(page), key[0].padEnd(30, '0'));

			await context.setOffline(true);
			await choose(page, 2, key[1]);
			await wait_for(async () => /Đừng đóng trang này/.test(await words(page, '#da-luu')), 'told');
			await context.setOffline(false);
			await wait_saved(page);
			for (let i = 3; i <= 30; i++)
				await choose(page, i, key[i - 1]);
			await page.fill('#du-doan', '7');
			await wait_for(async () => (await stored(context, server)).answers === key, 'saved');
			await page.click('button:has-text("Nộp bài")');
			await page.waitForURL(/\/ket-qua\//);
			await says(page, /đúng 30\/30/);
			assert.deepEqual(context.complaints.filter((text) => !/ERR_INTERNET_DISCONNECTED/.test(text)), []);
			await context.close();
		});
	}
});
