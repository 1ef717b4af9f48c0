/* Takes the pictures of docs/screens/: phone (360) and desktop (1440). Compares nothing. A
 * picture that is there already stays as it is, so that a check leaves the checkout clean:
 *     SCREENS=new   takes the twelve of docs/screens/ anew
 *     SCREENS=all   takes every page, into SCREENS_DIR (./screens), for people to look at
 * See harness.mjs. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { DESKTOP, Folder, PASSWORD, PHONE, ROOT, choose, during, person, publish, register,
	sample_with, sign_in, start, wait_saved } from './harness.mjs';
import { shrink } from './png.mjs';

const BYTES_MAX = 150 * 1000;
const WANTED = ['home', 'register', 'paper', 'result', 'units', 'results'];
const ALL = process.env.SCREENS === 'all';
const DIR = ALL ? path.resolve(process.env.SCREENS_DIR || 'screens') : path.join(ROOT, 'docs/screens');
const taken = [];

async function shoot(page, name) {
	if (!ALL && !WANTED.includes(name))
		return;
	for (const [kind, size, longest] of [['phone', PHONE, 1800], ['desktop', DESKTOP, 1500]]) {
		await page.setViewportSize(size);
		await page.evaluate(() => scrollTo(0, 0));
		const tall = await page.evaluate(() => document.documentElement.scrollHeight);
		const png = shrink(await page.screenshot({ fullPage: true, animations: 'disabled',
			clip: { x: 0, y: 0, width: size.width, height: Math.min(ALL ? 4000 : longest, tall) } }));
		const file = `${name}-${kind}.png`;
		assert.ok(ALL || png.length <= BYTES_MAX, `${file}: ${png.length} bytes`);
		taken.push(file);
		const there = path.join(DIR, file);
		if (ALL || process.env.SCREENS === 'new' || !fs.existsSync(there)) {
			fs.mkdirSync(DIR, { recursive: true });
			fs.writeFileSync(there, png);
		}
	}
	await page.setViewportSize(PHONE);
}

async function pages(page, server, list) {
	for (const [name, at] of Object.entries(list)) {
		if (!ALL && !WANTED.includes(name))
			continue;
		await page.goto(server.home + at);
		await shoot(page, name);
	}
}

async function journey(page, server) {
	await pages(page, server, {
		home: '', rules: '/the-le', guide: '/huong-dan', faq: '/hoi-dap', news: '/tin-tuc', units: '/don-vi',
		'results-open': '/ket-qua', 'not-found': '/khong-co', 'register-group': '/dang-ky',
		'register-unit': '/dang-ky?nhom=nhom1', 'register-search': '/dang-ky?nhom=nhom1&q=hung+vuong',
		'register-tree': '/dang-ky?nhom=nhom1&tren=G-TINH', 'register-other': '/dang-ky?nhom=nhom1&khac=1&tren=SGDDT',
		practice: '/thi-thu', register: '/dang-ky?nhom=nhom1&dv=SGDDT', 'sign-in': '/dang-nhap',
		forgot: '/quen-mat-khau',
	});
	if (ALL) {
		await page.goto(server.home + '/dang-nhap');
		await page.click('#sign-in button');
		await shoot(page, 'sign-in-problem');
		await page.goto(server.home + '/thi-thu');
		for (const i of [1, 2, 3])
			await page.locator(`main input[type=radio][name$="${i}"]`).first().check();
		await page.click('main form button');
		await shoot(page, 'practice-done');
		await page.goto(server.home + '/dang-ky?nhom=nhom1&dv=SGDDT');
		await page.fill('#hoten', 'Nguyễn Thị Minh Khai');
		await page.fill('#ngaysinh', '31/2/1966');
		await page.fill('#sdt', '0912');
		await page.click('#register button');
		await shoot(page, 'register-problems');
	}
	await register(page, server, 'Điểu K\'Rứt');
	await shoot(page, 'me-new');
	if (ALL) {
		await page.fill('#matkhau', PASSWORD);
		await page.click('#slip button');
		await shoot(page, 'slip');
	}
	await pages(page, server, { start: '/vao-thi' });
	await start(page, server);
	for (let i = 1; i <= 12; i++)
		await choose(page, i, 1 + i * 7 % 4);
	await page.check('input[name=f4]');
	await wait_saved(page);
	await shoot(page, 'paper');
	if (ALL) {
		await page.fill('#du-doan', '1.200');
		await page.context().setOffline(true);
		await choose(page, 13, 1);
		await page.waitForSelector('.is-offline');
		await page.screenshot({ path: path.join(DIR, 'paper-offline-phone.png') });
		await page.locator('#cau-13').scrollIntoViewIfNeeded();
		await page.screenshot({ path: path.join(DIR, 'paper-middle-phone.png') });
		await page.locator('[formaction]').scrollIntoViewIfNeeded();
		await page.screenshot({ path: path.join(DIR, 'paper-end-phone.png') });
		await page.context().setOffline(false);
		await wait_saved(page);
		await pages(page, server, { 'me-open': '/toi', 'start-open': '/vao-thi' });
		await page.click('#start button');
	}
	await page.click('[formaction]');
	await page.waitForSelector('#submit');
	await shoot(page, 'submit');
	await page.click('#submit button');
	await page.waitForURL(/ket-qua/);
	await shoot(page, 'result');
	await pages(page, server, { attendance: '/giay-xac-nhan/chinh-thuc-1', me: '/toi' });
}

test('screens', async () => {
	const folder = new Folder(), context = await person(), page = await context.newPage();
	if (ALL) {
		const half = sample_with((profile) => {
			profile.paper.time_limit_s = profile.prize.individual = null;
		});
		await during(new Folder().fresh(half).serve('2024-09-10T08:00:00+07:00'), (server) => pages(page, server,
			{ 'home-announced': '', 'rules-undecided': '/the-le', 'units-announced': '/don-vi' }));
	}
	await (await folder.demo(2000)).end();
	await during(folder.serve('2024-09-26T09:30:00+07:00'), (server) => journey(page, server));
	await during(folder.serve('2024-10-09T08:00:00+07:00'), async (server) => {
		await pages(page, server, { 'home-late': '' });
		publish(folder);
		await context.clearCookies();
		await sign_in(page, server);
		await pages(page, server, { results: '/ket-qua', 'home-published': '', 'me-published': '/toi' });
	});
	await context.close();
	for (const name of WANTED)
		for (const kind of ['phone', 'desktop'])
			assert.ok(taken.includes(`${name}-${kind}.png`), name);
});
