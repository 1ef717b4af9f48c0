/* More people at the door than it can take at once: a page says how many are before, asks by
 * itself, and lets one in with what was typed. See harness.mjs. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import { before, test } from 'node:test';
import { DEMO_PASSWORD, DEMO_PHONE, DESKTOP, Folder, HOME, PHONE, fits, person, says, words }
	from './harness.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const CROWD = 500;		/* the queue of passwords is full at 192 */
const WAIT_MS = 120000;
let server;

before(async () => { server = await new Folder().demo(20); });

/* Someone who signs in and goes away: the first of them keep the machine busy. */
async function passer_by(number) {
	const page = await fetch(`${server.home}/dang-nhap`);
	const token = /name="_token" value="([^"]+)"/.exec(await page.text())[1];
	const form = { _token: token, sdt: `0981${String(number).padStart(6, '0')}`, matkhau: 'đi ngang qua' };
	return () => fetch(`${server.home}/dang-nhap`, {
		method: 'POST', redirect: 'manual', body: new URLSearchParams(form),
		headers: { Cookie: page.headers.get('set-cookie').split(';')[0] },
	});
}

async function type_in(js, viewport) {
	const context = await person({ js, viewport });
	const page = await context.newPage();
	await page.goto(`${server.home}/dang-nhap`);
	await page.fill('#sdt', DEMO_PHONE);
	await page.fill('#matkhau', DEMO_PASSWORD);
	return page;
}

async function look(page) {
	await page.waitForSelector('#cho-truoc');
	await says(page, 'Đang chờ đến lượt', 'Số người trước bạn:', 'không phải gõ lại');
	assert.ok(Number(await words(page, '#cho-truoc')) > 0);
	if (process.env.SCREENS_DIR)
		await page.screenshot({ path: `${process.env.SCREENS_DIR}/cho-${page.viewportSize().width}.png` });
}

async function passes_axe(page) {
	await page.evaluate(AXE);
	const { violations } = await page.evaluate(() => axe.run(document,
		{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }));
	/* That it asks by itself is what it is for; what is on it does not go. */
	assert.deepEqual(violations.map((one) => one.id).filter((id) => id !== 'meta-refresh'), []);
}

test('waits, is told the place, and comes in by itself, with JavaScript and without', async () => {
	const pages = [await type_in(false, PHONE), await type_in(true, DESKTOP)];
	const people = await Promise.all(Array.from({ length: CROWD }, (_, i) => passer_by(i)));
	const posts = people.map((post) => post());
	await Promise.race(posts.slice(-50));
	await Promise.all(pages.map((page) => page.press('#matkhau', 'Enter')));
	await Promise.all(pages.map(look));
	await fits(pages[0], 320, 360, 1440);
	await passes_axe(pages[1]);
	/* Nothing is pressed any more. */
	for (const page of pages) {
		await page.waitForURL(`**${HOME}/toi`, { timeout: WAIT_MS });
		await says(page, 'Trang của tôi');
		assert.deepEqual(page.context().complaints, []);
	}
	for (const answer of await Promise.all(posts))
		assert.ok([202, 422, 429].includes(answer.status), `${answer.status}`);
});
