/* The contest in a real browser: Debian's Chromium, driven by playwright-core, in front of
 * the real program.
 *
 *     tests/browser/run.sh HOITHI SOURCE_ROOT [FILE.mjs …]
 *
 * runs all files (or those named) one after the other, prints a line a test, and ends with
 * status 1 when one fails. `meson test --suite browser` calls it once a file.
 *
 *     journey_nojs.mjs   register, sit, submit with JavaScript off; then with keys alone
 *     journey_js.mjs     JavaScript on: background saves, two tabs, two devices
 *     network.mjs        the network goes and comes back; the server is busy
 *     storage.mjs        localStorage blocked: no journal, and all else works
 *     opening.mjs      the opening minute: the button waits in the page
 *     deadline.mjs       the round closes under an open paper, with and without JavaScript
 *     doors.mjs          families, forgotten passwords, shared machines, lost sessions
 *     surge.mjs          registering with a proof of work, a mã mời, and neither
 *     turn.mjs           more people at the door than it can take: waiting for a turn
 *     axe.mjs            axe-core on every page and state; no Vietnamese left in English
 *     weight.mjs         bytes as sent, console, CSP, Open Graph
 *     screens.mjs        writes docs/screens/ (SCREENS=all: every page, into SCREENS_DIR)
 *
 * Every file starts servers of its own on free loopback ports, in a temporary folder that
 * goes when it ends. A server must end well: exit status 0, no sanitizer's word in its log.
 * Pages are looked at as people look: what is visible, by the words on it. All at phone
 * width unless a test says otherwise. Needs node 18, /usr/bin/chromium (or CHROMIUM) and the
 * two npm packages that package-lock.json pins; run.sh installs them. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { chromium } from 'playwright-core';

export const HOITHI = path.resolve(process.env.HOITHI || '');
export const ROOT = path.resolve(process.env.HOITHI_SOURCE_ROOT || '');
export const SAMPLE = path.join(ROOT, 'examples/binh-phuoc-2024');
export const CODE = 'binh-phuoc-2024';
export const HOME = '/' + CODE;
export const DEMO_PHONE = '0900000001';
export const DEMO_PASSWORD = 'hoi-thi-2024';
export const PASSWORD = 'bông sen nở sớm';
export const PHONE = { width: 360, height: 740 };
export const DESKTOP = { width: 1440, height: 900 };
export const TMP = fs.mkdtempSync(path.join(os.tmpdir(), 'hoithi-browser-'));

const BAD_SIGNS = /Sanitizer|runtime error|Assertion/;
const START_MS = 90000;
const STEP_MS = 20000;
const running = new Set();
let browser, numbers = 0;

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function clean_up() {
	for (const server of running)
		server.child.kill('SIGKILL');
	fs.rmSync(TMP, { recursive: true, force: true });
}
process.on('exit', clean_up);
/* Meson ends a test that takes too long with SIGTERM; what we started ends too. */
for (const signal of ['SIGTERM', 'SIGINT'])
	process.on(signal, () => process.exit(1));

after(async () => {
	await (await browser)?.close();
	for (const server of [...running])
		await server.end();
});

export function new_folder(name) {
	return path.join(TMP, `${++numbers}-${name}`);
}

/* Waits until `what` gives something true. */
export async function wait_for(what, why, ms = STEP_MS) {
	const end = Date.now() + ms;
	for (;;) {
		const found = await what();
		if (found)
			return found;
		assert.ok(Date.now() < end, `waited in vain: ${why}`);
		await sleep(25);
	}
}

/* ---------------------------------------------------------------- the program */

export function hoithi(...args) {
	const ran = spawnSync(HOITHI, args, { cwd: TMP, encoding: 'utf8', timeout: 120000 });
	assert.equal(ran.status, 0, `hoithi ${args.join(' ')}\n${ran.stdout}\n${ran.stderr}`);
	assert.doesNotMatch(ran.stderr, BAD_SIGNS);
	return ran.stdout;
}

function free_port() {
	return new Promise((done) => {
		const probe = net.createServer();
		probe.listen(0, '127.0.0.1', () => {
			const { port } = probe.address();
			probe.close(() => done(port));
		});
	});
}

class Server {
	/* `port` 0: any. */
	static async start(args, port = 0) {
		const server = new Server();
		server.log_path = new_folder('log');
		const log = fs.openSync(server.log_path, 'w');
		server.child = spawn(HOITHI, [...args, '--listen', `127.0.0.1:${port}`],
			{ cwd: TMP, stdio: ['ignore', 'ignore', log] });
		fs.closeSync(log);
		running.add(server);
		server.ended = new Promise((done) => server.child.on('exit', done));
		server.ended.then((status) => {
			server.status = status ?? -1;
			if (server.port && !server.ending)
				console.log(`the server ended by itself (${status}, ${server.child.signalCode}):\n${server.log()}`);
		});
		await wait_for(() => server.status !== undefined || /serving on port/.test(server.log()),
			'server', START_MS);
		const found = /serving on port (\d+)/.exec(server.log());
		if (!found)
			running.delete(server);
		assert.ok(found, server.log());
		server.port = +found[1];
		server.url = `http://127.0.0.1:${server.port}`;
		server.home = server.url + HOME;
		return server;
	}

	log() { return fs.readFileSync(this.log_path, 'utf8'); }

	/* Stops it as an operator would; it has to end well. */
	async end() {
		this.ending = true;
		this.child.kill('SIGTERM');
		const killer = setTimeout(() => this.child.kill('SIGKILL'), 30000);
		const status = await this.ended;
		clearTimeout(killer);
		running.delete(this);
		assert.equal(status, 0, `${this.child.signalCode}\n${this.log().slice(-3000)}`);
		assert.doesNotMatch(this.log(), BAD_SIGNS);
		assert.doesNotMatch(this.log(), / error /);
	}
}

/* A data folder with its keys. */
export class Folder {
	constructor(root = new_folder('folder')) {
		this.root = root;
		this.args = ['--data', path.join(root, 'data'), '--keys', path.join(root, 'keys')];
	}

	demo(people = 60, ...more) {
		return Server.start(['demo', '--people', String(people), '--data', this.root, ...more]);
	}

	async serve(clock, { port = 0, public_url = false } = {}) {
		const more = clock ? ['--clock', clock] : [];
		if (public_url) {
			port = await free_port();
			more.push('--public-url', `http://127.0.0.1:${port}`);
		}
		return Server.start(['serve', ...this.args, ...more], port);
	}

	run(...words) { return hoithi(...words, ...this.args); }

	/* Keys, and no contest yet. */
	bare() {
		fs.mkdirSync(this.root, { recursive: true });
		hoithi('keys', 'init', '--keys', path.join(this.root, 'keys'));
		return this;
	}

	/* The contest of `sample`, applied, without anybody in it. */
	fresh(sample = SAMPLE, clock = '2024-09-01T00:00:00+07:00') {
		this.bare().run('contest', 'apply', sample, '--clock', clock);
		return this;
	}
}

/* Runs `what` with a server that is ended in any case. */
export async function during(starting, what) {
	const server = await starting;
	try {
		await what(server);
	} finally {
		await server.end();
	}
}

/* From the close to the published result, as the organizers do it. */
export function publish(folder) {
	folder.run('contest', 'freeze');
	folder.run('contest', 'rank');
	folder.run('contest', 'publish', '--decision-no', '75/QĐ-BTC', '--decision-date', '2024-10-08');
}

/* A copy of the sample contest whose profile `change` has changed. */
export function sample_with(change) {
	const folder = new_folder('sample');
	fs.cpSync(SAMPLE, folder, { recursive: true });
	const file = path.join(folder, 'profile.json');
	const profile = JSON.parse(fs.readFileSync(file, 'utf8'));
	change(profile);
	fs.writeFileSync(file, JSON.stringify(profile));
	return folder;
}

/* ---------------------------------------------------------------- the browser */

function the_browser() {
	browser ??= chromium.launch({
		executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
		args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
			'--disable-background-networking', '--disable-component-update', '--disable-sync'],
	});
	return browser;
}

/* A person with a phone: one context, and what went wrong in its pages. `js: false` turns
 * JavaScript off. What a page says on the console or refuses by its CSP stands in
 * context.complaints. */
export async function person({ js = true, viewport = PHONE, lang, ...more } = {}) {
	const context = await (await the_browser()).newContext({
		javaScriptEnabled: js, viewport, locale: 'vi-VN', timezoneId: 'Asia/Ho_Chi_Minh',
		reducedMotion: 'reduce', ...more,
	});
	context.setDefaultTimeout(STEP_MS);
	context.complaints = [];
	context.on('weberror', (error) => context.complaints.push(String(error.error())));
	context.on('console', (message) => {
		const text = `${message.text()} ${message.location().url}`;
		/* A page that answers with its mistakes (409, 422 …) is no complaint. */
		if (['error', 'warning'].includes(message.type()) &&
		    !/responded with a status of 4\d\d .*(?<!\.(css|js|svg|png|ico))$/.test(text))
			context.complaints.push(text);
	});
	context.lang = lang;
	return context;
}

/* Text of the page as people see it, spaces made one. */
export async function words(page, selector = 'body') {
	return (await page.locator(selector).first().innerText()).replace(/\s+/g, ' ').trim();
}

export async function says(page, ...texts) {
	const text = await words(page);
	for (const one of texts)
		assert.ok(one instanceof RegExp ? one.test(text) : text.includes(one),
			`${page.url()} does not say ${one}:\n${text.slice(0, 1500)}`);
}

/* No page may scroll sideways, at any width. */
export async function fits(page, ...widths) {
	const was = page.viewportSize();
	for (const width of widths.length ? widths : [was.width]) {
		await page.setViewportSize({ width, height: was.height });
		const wide = await page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
		assert.ok(wide <= 0, `${page.url()} is ${wide} px too wide at ${width} px`);
	}
	await page.setViewportSize(was);
}

/* ---------------------------------------------------------------- a contestant's steps */

export async function sign_in(page, server, who = DEMO_PHONE, password = DEMO_PASSWORD) {
	await page.goto(server.home + '/dang-nhap');
	await page.fill('#sdt', who);
	await page.fill('#matkhau', password);
	await page.click('#sign-in button');
	await page.waitForURL(/\/(toi|vao-thi)/);
}

/* As long as a person takes to fill in a form of the door: sooner it is shown again
 * (src/pages/door.h). */
export async function type_slowly(page) {
	await wait_for(() => page.evaluate(() =>
		performance.now() - performance.getEntriesByType('navigation')[0].responseStart > 3100),
	'three seconds over a form');
}

let phones = 0;

/* Registers a new citizen (group 2, in the first commune found) the quick way. */
export async function register(page, server, name = 'Điểu K\'Rứt') {
	const phone = '09123' + String(10000 + ++phones);
	await page.goto(server.home + '/dang-ky?nhom=nhom2&q=tan+phu');
	await page.click('#ket-qua-tim ~ ul a');
	await page.fill('#hoten', name);
	await page.fill('#ngaysinh', '5/8/1966');
	await page.fill('#sdt', phone);
	await page.fill('#matkhau', PASSWORD);
	await page.check('#dongy');
	await type_slowly(page);
	await page.click('#register button');
	await page.click('main a.button-primary[href$="/toi"]');	/* "I have kept the slip" */
	await page.waitForURL(/\/toi/);
	return phone;
}

/* Starts (or goes on with) a paper; the page is on it afterwards. */
export async function start(page, server) {
	await page.goto(server.home + '/vao-thi');
	await page.click('#start button');
	await page.waitForURL(/\/bai-thi\//);
}

export function option(page, item, position) {
	return page.locator(`input[name=a${item}][value="${position}"]`);
}

export async function choose(page, item, position) {
	await option(page, item, position).check();
}

/* What the page shows as chosen, "0" none: as the vector that is stored. */
export function shown(page) {
	return page.evaluate(() => {
		let vector = '';
		for (let i = 1; document.getElementsByName('a' + i).length; i++)
			vector += document.querySelector(`input[name=a${i}]:checked`)?.value || '0';
		return vector;
	});
}

/* Rows of a CSV file (RFC 4180) as arrays. */
export function read_csv(file) {
	const rows = [[]];
	const cell = /("((?:[^"]|"")*)"|[^,"\n]*)(,|\n|$)/y;
	const text = fs.readFileSync(file, 'utf8').replace(/\r/g, '');
	for (let m; cell.lastIndex < text.length && (m = cell.exec(text));) {
		rows.at(-1).push(m[2] === undefined ? m[1] : m[2].replace(/""/g, '"'));
		if (m[3] === '\n')
			rows.push([]);
	}
	return rows.filter((row) => row.length > 1);
}

const bare = (text) => text.normalize('NFC').replace(/[^\p{L}\p{N}%]/gu, '');
let bank;

/* The right positions of the paper that is shown, as a vector. */
export async function key_of(page) {
	bank ??= new Map(read_csv(path.join(SAMPLE, 'bank.csv')).slice(1).map((row) =>
		[bare(row[3]), bare(row[4 + 'ABCD'.indexOf(row[8])])]));
	const items = await page.locator('.paper fieldset:has(input[type=radio])').evaluateAll((all) => all.map((el) =>
		({ body: el.querySelector('legend + div').textContent,
			options: [...el.querySelectorAll('label:not(.flag)')].map((choice) =>
				choice.textContent.trim().replace(/^[A-D]\./, '')) })));
	return items.map(({ body, options }) => {
		const right = bank.get(bare(body));
		const at = options.findIndex((text) => bare(text) === right);
		assert.ok(at >= 0, `no key: ${body} | ${right} | ${options}`);
		return String(at + 1);
	}).join('');
}

/* What the server has: a second reading of the paper, without scripts. */
export async function stored(context, server, part = 'chinh-thuc-1') {
	const reply = await context.request.get(`${server.home}/bai-thi/${part}`);
	assert.equal(reply.status(), 200);
	const html = await reply.text();
	const of = (name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1];
	return { answers: of('base'), flags: of('baseflags'), revision: +of('rev'), prediction: of('p'), html };
}

export const is_saved = /^Đã lưu lúc \d{1,2}:\d{2}/;

export async function wait_saved(page, ms = STEP_MS) {
	await wait_for(async () => is_saved.test(await words(page, '#da-luu')), 'Đã lưu lúc …', ms);
}
