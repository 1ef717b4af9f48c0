/* In Vietnamese and in English, axe-core finds nothing on any page in any state and nothing
 * scrolls sideways at 320 px; in English nothing is left in Vietnamese but the contest's own
 * texts. Which pages and forms there are is what docs/pages.md says. See harness.mjs. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, it } from 'node:test';
import { CODE, DESKTOP, Folder, PASSWORD, ROOT, SAMPLE, choose, during, fits, option, person, publish, read_csv, register, sample_with,
	sign_in, start, type_slowly } from './harness.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

/* Everything wrong with the page that is shown, as lines. */
async function faults(page, state) {
	await page.evaluate(AXE);
	const found = await page.evaluate(async (tags) => {
		const { violations } = await axe.run(document, { runOnly: tags, resultTypes: ['violations'] });
		return violations.flatMap(({ id, help, nodes }) =>
			nodes.slice(0, 3).map(({ html, any }) => `${id}: ${help}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`));
	}, RULES);
	const lines = found.map((line) => `${state}: ${line}`);
	if (await page.locator('h1').count() !== 1)
		lines.push(`${state}: not one h1`);
	await fits(page, 320, 360).catch((error) => lines.push(`${state}: ${error.message}`));
	return lines;
}

/* By language: the paths that were seen, the forms, and those of them whose mistakes were
 * listed on top of the page. */
const seen = Object.fromEntries(['vi', 'en'].map((lang) =>
	[lang, { paths: new Set(), forms: new Set(), refused: new Set() }]));

async function note_seen(page) {
	const { lang, status, forms, refused } = await page.evaluate(() => ({
		lang: document.documentElement.lang,
		status: performance.getEntriesByType('navigation')[0].responseStatus,
		forms: [...document.querySelectorAll('form[id]')].map((form) => form.id),
		refused: [...document.querySelectorAll('.problems a')].map((a) => document.querySelector(a.hash).form.id),
	}));
	if (status === 200)
		seen[lang].paths.add(new URL(page.url()).pathname);
	forms.forEach((id) => seen[lang].forms.add(id));
	refused.forEach((id) => seen[lang].refused.add(id));
}

/* Visits pages by path under the contest's home and gathers what is wrong. */
class Visit {
	constructor(page, server, lang = 'vi') { Object.assign(this, { page, server, lang, lines: [], seen: 0 }); }
	async see(state, page = this.page) {
		this.lines.push(...await faults(page, state));
		if (this.lang === 'en')
			this.lines.push(...await untranslated(page, state));
		await note_seen(page);
		this.seen++;
	}
	async go(state, path) {
		await this.page.goto(this.server.home + path);
		await this.see(state);
	}
	clean() {
		assert.deepEqual(this.lines, [], this.lines.join('\n'));
		assert.ok(this.seen > 0);
	}
}

/* The contestant's way through everything, from a first look to the paper for the office. */
async function journey(v) {
	const { page, server } = v;
	await v.go('home, open', '');
	await v.go('rules', '/the-le');
	await v.go('guide', '/huong-dan');
	await v.go('faq', '/hoi-dap');
	await v.go('news', '/tin-tuc');
	await page.click('main .list-plain a, main li a');
	await v.see('one news item');
	await v.go('units', '/don-vi');
	const unit = await page.getAttribute('main td a, main th a', 'href');
	await page.goto(server.url + unit);
	await v.see('one unit');
	await v.go('units of a day', '/don-vi/2024-09-22');
	await v.go('results, open', '/ket-qua');
	await v.go('not found', '/khong-co');

	await v.go('register: group', '/dang-ky');
	await v.go('register: unit', '/dang-ky?nhom=nhom1');
	await v.go('register: found', '/dang-ky?nhom=nhom1&q=thpt');
	await v.go('register: not found', '/dang-ky?nhom=nhom1&q=khong+co+noi+nay');
	await v.go('register: under a unit', '/dang-ky?nhom=nhom1&tren=' + encodeURIComponent('G-TINH'));
	await v.go('register: not in the list', '/dang-ky?nhom=nhom1&khac=1');
	await v.go('register: its name', '/dang-ky?nhom=nhom1&khac=1&tren=SGDDT');
	await v.go('register: place', '/dang-ky?nhom=nhom2');
	await v.go('register: no such unit', '/dang-ky?nhom=nhom1&dv=KHONG-CO');
	await page.goto(server.home + '/dang-ky?nhom=nhom2&q=tan+phu');
	await page.click('#ket-qua-tim ~ ul a');
	await v.see('register: form');
	await page.click('#register button');
	await v.see('register: form with mistakes');
	await page.fill('#hoten', 'A1');
	await page.fill('#ngaysinh', '1966');
	await page.fill('#sdt', '0900000001');
	await page.fill('#matkhau', PASSWORD);
	await page.check('#dongy');
	await page.click('#register button');
	await v.see('register: form with warnings');
	await v.go('sign in', '/dang-nhap');
	await page.click('#sign-in button');
	await v.see('sign in: empty');
	await page.fill('#sdt', '0900000001');
	await page.fill('#matkhau', 'sai mật khẩu');
	await page.click('#sign-in button');
	await v.see('sign in: wrong');

	await v.go('forgotten', '/quen-mat-khau');
	await page.click('#forgot button');
	await v.see('forgotten: empty');
	await page.fill('#sdt', '0900000001');
	await page.fill('#ma', '1234567890');
	await page.fill('#matkhau', PASSWORD);
	await page.click('#forgot button');
	await v.see('forgotten: too fast');
	await page.fill('#matkhau', PASSWORD);
	await type_slowly(page);
	await page.click('#forgot button');
	await v.see('forgotten: wrong');
	await v.go('phone help', '/so-dien-thoai');

	await v.go('practice', '/thi-thu');
	for (const i of [1, 2, 3])
		await page.locator(`main input[type=radio][name$="${i}"]`).first().check();
	await page.click('main form button');
	await v.see('practice: corrected');

	const phone = await register(page, server, 'Điểu K\'Rứt');
	await v.see('me, new');
	await page.click('#slip button');
	await v.see('me: slip without password');
	await page.fill('#matkhau', PASSWORD);
	await page.click('#slip button');
	await page.waitForSelector('#ma-khoi-phuc');
	await v.see('slip');
	await v.go('change of group', '/dang-ky?cho=toi&nhom=nhom1');
	await v.go('change of unit', '/dang-ky?cho=toi&nhom=nhom1&dv=SGDDT');
	await v.go('start', '/vao-thi');
	await start(page, server);
	await v.see('paper, new');
	await choose(page, 1, 2);
	await page.check('input[name=f1]');
	await page.fill('#du-doan', 'nhiều');
	await page.press('#du-doan', 'Tab');
	await v.see('paper, answered, flagged, a wrong prediction');
	await page.fill('#du-doan', '40');
	await page.press('#du-doan', 'Tab');
	await page.waitForSelector('a.is-unsaved', { state: 'detached' });
	await page.context().setOffline(true);
	await choose(page, 2, 2);
	await page.waitForSelector('.is-offline');
	await v.see('paper, offline');
	await page.context().setOffline(false);
	await page.waitForSelector('a.is-unsaved', { state: 'detached' });

	const other = await person({ extraHTTPHeaders: {} });
	await other.addCookies((await page.context().cookies()).filter((cookie) => /lang/.test(cookie.name)));
	const second = await other.newPage();
	await sign_in(second, server, phone, PASSWORD);
	await second.goto(server.home + '/bai-thi/chinh-thuc-1');
	await v.see('paper, at another device', second);
	await second.click('#take button');
	await second.waitForURL(/bai-thi/);
	await choose(page, 3, 1);
	await page.waitForSelector('.is-stopped');
	await v.see('paper, moved');
	await other.close();

	await page.click('#da-luu a');
	await page.click('#take button');
	await page.waitForSelector('[formaction]');
	await v.go('me, a paper open', '/toi');
	await v.go('start, a paper open', '/vao-thi');
	await page.click('#start button');
	await page.click('[formaction]');
	await page.waitForSelector('#submit');
	await v.see('submit?');
	await page.click('#submit button');
	await v.see('result');
	await page.click('main a[href*=giay-xac-nhan]');
	await v.see('attendance');
	await start(page, server);
	await page.click('[formaction]');
	await page.click('#submit button');
	await v.go('me, all used up', '/toi');
	await v.go('start, all used up', '/vao-thi');
}

const PUPIL = 'Trần Văn Đông', MOTHER = 'Lê Thị Mẹ';

/* As a program would, that fills in everything: the form is shown again. */
const fill_trap = (page) => page.evaluate(() => { document.getElementById('trangweb').value = 'x'; });

async function pupil_registers(v) {
	const { page } = v, phone = '0934600001';
	await page.goto(v.server.home + '/dang-ky?dv=SGDDT-THPT-HV');
	await page.fill('#hoten', PUPIL);
	await page.fill('#ngaysinh', '5/8/2011');
	await page.fill('#sdt', phone);
	await page.fill('#matkhau', PASSWORD);
	await page.check('#dongy');
	await fill_trap(page);
	await page.click('#register button');
	await v.see('register: doubted');
	await page.fill('#matkhau', PASSWORD);
	await type_slowly(page);
	await page.click('#register button');
	await v.see('a representative');
	await page.click('#register-minor button');
	await v.see('a representative, with mistakes');
	await page.fill('#daidien', MOTHER);
	await page.check('#dongydd');
	await page.check('#dongy');
	await page.fill('#matkhau', PASSWORD);
	await fill_trap(page);
	await page.click('#register-minor button');
	await v.see('a representative, doubted');
	await page.fill('#matkhau', PASSWORD);
	await type_slowly(page);
	await page.click('#register-minor button');
	await page.waitForSelector('#ma-khoi-phuc');
	await v.see('slip, just registered');
	return phone;
}

/* Another name or birth date; being 16 or not any more needs another consent. */
async function pupil_corrects(v) {
	const { page } = v;
	await v.go('my data', '/du-lieu');
	await page.fill('#hoten', '12');
	await page.fill('#ngaysinh', '');
	await page.click('#correct button');
	await v.see('my data, a correction with mistakes');
	for (const [state, birth] of [['grown up', '5/8/1990'], ['under 16 again', '5/8/2011']]) {
		await page.fill('#hoten', PUPIL);
		await page.fill('#ngaysinh', birth);
		await page.click('#correct button');
		await v.see(`correct: ${state}`);
		await page.click('#correct-consent button');
		await v.see(`correct: ${state}, with mistakes`);
		for (const box of await page.locator('#correct-consent [type=checkbox]').all())
			await box.check();
		if (await page.locator('#daidien').count())
			await page.fill('#daidien', MOTHER);
		await page.click('#correct-consent button');
		await page.waitForURL(/da-sua/);
		await v.see(`my data, corrected: ${state}`);
	}
}

async function pupil_agrees_anew(v, folder) {
	const { page } = v;
	folder.run('contest', 'apply', sample_with((profile) => { profile.consent.version = '2'; }));
	await v.go('me, asked to agree', '/toi');
	await page.click('#consent button');
	await v.see('me, agreeing with mistakes');
	await page.check('#dongydd');
	await page.check('#dongy');
	await page.click('#consent button');
	await page.waitForURL(/da-dong-y/);
	await v.see('me, agreed');
}

/* A session that ends in mid-paper, and one that ends before a button is pressed. */
async function pupil_loses_sessions(v, phone) {
	const { page, server } = v, context = page.context();
	await start(page, server);
	await v.go('my data, a paper open', '/du-lieu');
	await start(page, server);
	await context.clearCookies({ name: 'hoithi' });
	await choose(page, 1, 3);
	await page.waitForSelector('.is-stopped');
	await v.see('paper, signed out');
	await page.click('#paper button:not([formaction])');
	await v.see('sign in, with answers');
	await page.fill('#sdt', phone);
	await page.fill('#matkhau', PASSWORD);
	await page.click('#sign-in button');
	await v.see('answers kept');
	await page.click('#lost button');
	await page.waitForURL(/bai-thi/);
	assert.ok(await option(page, 1, 3).isChecked());
	await page.click('[formaction]');
	await page.click('#submit button');
	await v.go('my data, after a paper', '/du-lieu');
	await context.clearCookies({ name: 'hoithi' });
	await page.click('#withdraw button');
	await v.see('signed out, to be sent again');
}

/* Withdrawing and erasing, wrongly first. */
async function pupil_leaves(v, phone) {
	const { page, server } = v;
	await sign_in(page, server, phone, PASSWORD);
	for (const [form, tick] of [['#withdraw', '#rutlai'], ['#erase', '#xoa']]) {
		await page.goto(server.home + '/du-lieu');
		await page.click(`${form} button`);
		await v.see(`${form} without its tick`);
		await page.check(tick);
		if (form === '#erase')
			await page.fill('#matkhau', 'sai mật khẩu');
		await page.click(`${form} button`);
		if (form === '#erase') {
			await v.see('erase with a wrong password');
			await page.check(tick);
			await page.fill('#matkhau', PASSWORD);
			await page.click(`${form} button`);
		}
		await page.waitForSelector('.notice-good');
		await v.see(`after ${form}`);
		if (form === '#withdraw') {
			await sign_in(page, server, phone, PASSWORD);
			await v.see('me, withdrawn');
			await v.go('my data, withdrawn', '/du-lieu');
		}
	}
}

async function pupil(v, folder) {
	const phone = await pupil_registers(v);
	await pupil_corrects(v);
	await pupil_agrees_anew(v, folder);
	await pupil_loses_sessions(v, phone);
	await pupil_leaves(v, phone);
}

async function page_of_new() {
	const context = await person();
	return { context, page: await context.newPage() };
}

/* Goes a way in a language through a demo of its own. */
async function walk(lang, way) {
	const folder = new Folder();
	await during(folder.demo(200), async (server) => {
		const { context, page } = await page_of_new();
		const v = new Visit(page, server, lang);
		await page.goto(`${server.home}/dang-nhap?lang=${lang}`);
		await way(v, folder);
		await context.close();
		v.clean();
	});
}

/* ---------------------------------------------------------------- English */

/* What the contest says in its own language: longest first. */
function own_texts() {
	const texts = new Set(['Điểu K\'Rứt', 'Nguyễn Thị Dùng Thử', PUPIL, 'T. V. Đ.', MOTHER]);
	const gather = (value) => {
		if (typeof value === 'string')
			texts.add(value);
		else if (value && typeof value === 'object')
			Object.values(value).forEach(gather);
	};
	gather(JSON.parse(fs.readFileSync(path.join(SAMPLE, 'profile.json'), 'utf8')));
	for (const row of read_csv(path.join(SAMPLE, 'units.csv')))
		row.forEach((cell) => texts.add(cell));
	return [...texts].filter((text) => text.length > 2).sort((a, b) => b.length - a.length);
}

const VIETNAMESE = /[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]/i;
const own = own_texts();
const own_pages = /guide|faq|news|practice: corrected/;	/* texts of the contest as a whole */

async function untranslated(page, state) {
	if (own_pages.test(state))
		return [];
	const texts = await page.evaluate(() => {
		const texts = [document.title];
		const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
		for (let node; (node = walk.nextNode());) {
			const el = node.parentElement;
			/* The words of a choice are ours on forms, the bank's on papers. */
			if (!el.closest('.question .choice, .question-body, .paper legend + div, .paper fieldset > label:not(.flag), body [lang=vi], script') &&
			    !el.closest('li')?.querySelector('a[href*="/tin-tuc/"]'))
				texts.push(node.textContent);
		}
		for (const el of document.querySelectorAll('body *'))
			for (const { name, value } of el.attributes)
				if (/^(aria-label|alt|title|placeholder|data-(?!t-key))/.test(name))
					texts.push(value);
		return texts.map((text) => text.replace(/\s+/g, ' ').trim()).filter(Boolean);
	});
	const lines = [];
	if (await page.getAttribute('html', 'lang') !== 'en')
		lines.push(`${state}: html lang is not en`);
	for (const text of texts) {
		let rest = text.normalize('NFC');
		for (const one of own)
			rest = rest.split(one).join(' ');
		if (VIETNAMESE.test(rest))
			lines.push(`${state}: ${text.slice(0, 200)}`);
	}
	return [...new Set(lines)];
}

/* ---------------------------------------------------------------- all of it */

/* Side by side: most of their time is waiting. */
describe('every page in every state', { concurrency: true }, () => {
	it('before, announced, rules undecided', async () => {
		const { context, page } = await page_of_new();
		const half = sample_with((profile) => {
			profile.paper.time_limit_s = profile.attempt.limit = profile.prize.individual = null;
		});
		const v = new Visit(page);
		await during(new Folder().fresh(half).serve('2024-09-01T08:00:00+07:00'), async (server) => {
			v.server = server;
			await v.go('home, before', '');
			await v.go('rules, before', '/the-le');
			await v.go('register, before', '/dang-ky');
			/* And it would tell: */
			await page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<img src="/x.png"><a href="/"></a>'));
			assert.equal((await faults(page, 'spoilt')).length, 2);
		});
		await during(new Folder().fresh(half).serve('2024-09-10T08:00:00+07:00'), async (server) => {
			v.server = server;
			await v.go('home, announced', '');
			await v.go('rules, undecided', '/the-le');
			await v.go('units, announced', '/don-vi');
			await v.go('results, announced', '/ket-qua');
			await register(page, server);
			await v.see('me, announced');
			await v.go('start, announced', '/vao-thi');
			await v.go('practice, announced', '/thi-thu');
		});
		await context.close();
		v.clean();
	});

	it('no contest yet', async () => {
		const { context, page } = await page_of_new();
		await during(new Folder().bare().serve(), async (server) => {
			for (const lang of ['vi', 'en']) {
				const v = new Visit(page, server, lang);
				await page.goto(`${server.url}/?lang=${lang}`);
				await v.see('root');
				v.clean();
			}
		});
		await context.close();
	});

	for (const [lang, name] of [['vi', 'Vietnamese'], ['en', 'English']]) {
		it(`open, in ${name}: the whole journey`, () => walk(lang, journey));
		it(`open, in ${name}: a pupil, a representative, their data`, () => walk(lang, pupil));
	}

	it('English chosen on the home page stays chosen', async () => {
		await during(new Folder().demo(20), async (server) => {
			const { context, page } = await page_of_new();
			const lang = () => page.getAttribute('html', 'lang');
			await page.goto(server.home);
			await page.click('.site-menu');
			await page.click('.nav-lang a');
			await page.waitForFunction(() => document.documentElement.lang === 'en');
			assert.equal(await lang(), 'en');
			await page.click('main a[href$="/dang-ky"]');
			assert.equal(await lang(), 'en', 'on the next page');
			await page.goto(server.home + '/the-le');
			assert.equal(await lang(), 'en', 'on a public page');
			await context.close();
		});
	});

	it('closed, late, published', async () => {
		const { context, page } = await page_of_new(), folder = new Folder();
		await (await folder.demo(200)).end();
		const v = new Visit(page);
		await during(folder.serve('2024-10-05T08:00:00+07:00'), async (server) => {
			v.server = server;
			await sign_in(page, server);
			await v.go('home, closed', '');
			await v.go('results, closed', '/ket-qua');
			await v.go('me, closed', '/toi');
			await v.go('start, closed', '/vao-thi');
			await v.go('register, closed', '/dang-ky');
		});
		await during(folder.serve('2024-10-09T08:00:00+07:00'), async (server) => {
			v.server = server;
			await v.go('home, late', '');
			await v.go('results, late', '/ket-qua');
			publish(folder);
			await v.go('home, published', '');
			await v.go('results, published', '/ket-qua');
			await v.go('me, published', '/toi');
			await page.setViewportSize(DESKTOP);
			for (const at of ['', '/ket-qua', '/don-vi', '/dang-ky', '/the-le', '/toi'])
				await v.go(`${at || 'home'} on a desktop`, at);
		});
		await context.close();
		v.clean();
	});
});

/* ---------------------------------------------------------------- nothing was left out */

/* Answers that are files and no pages. */
const FILES = ['asset', 'file', 'my-data-file'];
/* Forms in which nothing can be filled in wrong that is told on top of the page. */
const FAULTLESS = ['sign-out', 'device-end', 'lost', 'profile', 'start', 'paper', 'take', 'submit', 'practice', 'resend'];

/* Rows of a table of docs/pages.md. */
function documented(section) {
	const text = fs.readFileSync(path.join(ROOT, 'docs/pages.md'), 'utf8');
	const lines = text.split(`\n## ${section}\n`)[1].split('\n## ')[0].split('\n').filter((line) => line.startsWith('|'));
	return lines.slice(2).map((line) => line.replaceAll('`', '').split('|').slice(1).map((cell) => cell.trim()));
}

for (const lang of ['vi', 'en'])
	it(`every page and form of docs/pages.md was seen, and every list of mistakes (${lang})`, () => {
		const { paths, forms, refused } = seen[lang];
		const pages = documented('Routes').filter(([method, , name]) => method === 'GET' && !FILES.includes(name));
		const ids = documented('Forms').map(([id]) => id);
		const was_seen = (route) => {
			const shape = new RegExp(`^${route.replace('{contest}', CODE).replaceAll('{}', '[^/]+')}$`);
			return [...paths].some((one) => shape.test(one));
		};
		assert.ok(pages.length > 10 && ids.length > 10);
		assert.deepEqual({
			pages: pages.filter(([, route]) => !was_seen(route)).map(([, , name]) => name),
			forms: ids.filter((id) => !forms.has(id)),
			mistakes: ids.filter((id) => refused.has(id) === FAULTLESS.includes(id)),
		}, { pages: [], forms: [], mistakes: [] });
	});
