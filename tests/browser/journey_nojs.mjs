/* The whole journey with JavaScript off; then once more with keys alone. See harness.mjs. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Folder, PASSWORD, choose, fits, person, register, says, shown, start, stored, type_slowly,
	wait_for, words } from './harness.mjs';

let server;
before(async () => { server = await new Folder().demo(); });

async function newcomer() {
	const context = await person({ js: false });
	return { context, page: await context.newPage() };
}

/* From the home page to the empty form, by links and the search alone. */
async function to_form(page) {
	await page.goto(server.home);
	await page.click('main .hero a:has-text("Đăng ký")');
	await page.click('main a:has-text("Nhóm 1")');
	await page.fill('#q', 'thpt hung vuong');
	await page.click('form[role=search] button');
	await says(page, 'Tìm thấy');
	await page.click('#ket-qua-tim ~ ul a');
	await says(page, /Hùng Vương/, 'Chọn lại');
}

async function problems(page) {
	const texts = await page.locator('.problems li').allInnerTexts();
	for (const id of await page.locator('.problems li a').evaluateAll((links) =>
		links.map((a) => a.getAttribute('href').slice(1)))) {
		const field = page.locator(`#${id}`);
		assert.equal(await field.getAttribute('aria-invalid'), 'true', id);
		/* The mistake stands beside its field, above it and no further than its label. */
		const of = await page.locator(`#${id}-loi`).boundingBox(), at = await field.boundingBox();
		assert.ok(of && of.y < at.y && at.y - of.y < 120, `${id}: ${JSON.stringify([of, at])}`);
		assert.match(await field.getAttribute('aria-describedby'), new RegExp(`\\b${id}-loi\\b`));
	}
	return texts;
}

/* What has the focus, whether one sees that it has, and whether anything lies over it. */
function focus(page) {
	return page.evaluate(() => {
		const el = document.activeElement, around = el.closest('.choice, .paper fieldset > label:not(.flag)') || el;
		const style = getComputedStyle(el), frame = getComputedStyle(around);
		const box = el.getClientRects()[0];	/* the first line of a long link */
		const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
		const outlined = (s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
		return {
			is: `${el.tagName} ${el.id || el.name || ''} ${(el.innerText || el.value || '').trim().slice(0, 40)}`,
			text: (el.innerText || '').trim(), name: el.name, id: el.id, value: el.value,
			seen: outlined(style) || outlined(frame),
			covered: box.width > 2 && !(el.contains(top) || around.contains(top)),
			inside: box.bottom > 0 && box.top < innerHeight,
			body: el === document.body,
		};
	});
}

/* Tab until it is reached; on the way every stop must be seen. */
async function tab_to(page, is_it, what) {
	const stops = [];
	for (let i = 0; i < 250; i++) {
		await page.keyboard.press('Tab');
		const at = await focus(page);
		if (at.body)
			continue;
		stops.push(at.is);
		assert.ok(at.seen, `the focus is not seen on ${at.is} at ${page.url()}`);
		assert.ok(at.inside && !at.covered, `something lies over ${at.is} at ${page.url()}`);
		if (is_it(at))
			return;
	}
	assert.fail(`Tab never reaches ${what} at ${page.url()}: ${stops.slice(0, 60).join(' | ')}`);
}

async function follow(page, text) {
	const was = page.url();
	await tab_to(page, (at) => at.text.includes(text), text);
	await page.keyboard.press('Enter');
	await wait_for(() => page.url() !== was, `${text} leads away`);
	await page.waitForLoadState();
}

async function type(page, id, text) {
	await tab_to(page, (at) => at.id === id, '#' + id);
	await page.keyboard.type(text);
}

/* Side by side: most of their time is waiting. */
describe('without JavaScript', { concurrency: true }, () => {
	it('register: all mistakes at once, everything but the password kept', async () => {
		const { context, page } = await newcomer();
		await to_form(page);
		await fits(page, 320, 360);
		await page.click('#register button');
		assert.equal((await problems(page)).length, 5);
		assert.equal(await page.isChecked('#dongy'), false, 'consent is not ticked beforehand');

		await page.fill('#hoten', 'H\'Bia Niê');
		await page.fill('#ngaysinh', '31/2/1966');
		await page.fill('#sdt', '0912');
		await page.fill('#matkhau', 'ngắn');
		await page.check('#dongy');
		await page.press('#matkhau', 'Enter');
		assert.equal((await problems(page)).length, 3);
		await fits(page, 320, 360);
		assert.equal(await page.inputValue('#hoten'), 'H\'Bia Niê');
		assert.equal(await page.inputValue('#ngaysinh'), '31/2/1966');
		assert.equal(await page.inputValue('#sdt'), '0912');
		assert.equal(await page.inputValue('#matkhau'), '');
		assert.ok(await page.isChecked('#dongy'));
		await says(page, /Hùng Vương/);

		await page.fill('#ngaysinh', '05081966');
		await page.fill('#sdt', '+84 912 345 678');
		await page.fill('#matkhau', PASSWORD);
		await type_slowly(page);
		await page.click('#register button');
		await says(page, 'Bạn đã đăng ký xong', 'H\'Bia Niê', /Hùng Vương/, /Mã khôi phục\s+\d{5} \d{5}/);
		await fits(page, 320, 360);
		await page.click('main a:has-text("Tôi đã lưu phiếu")');
		await says(page, '05/08/1966', 'Nơi đang đăng nhập');
		await fits(page, 320, 360);
		assert.deepEqual(context.complaints, []);
		await context.close();
	});

	it('sit: Enter saves, blanks are asked about, the result is shown', async () => {
		const { context, page } = await newcomer();
		await register(page, server);
		await page.click('.hero a:has-text("Vào thi")');
		await says(page, '30 câu', '30 phút', 'thì bài sẽ kết thúc lúc', 'Hết giờ');
		await fits(page, 320, 360);
		await page.click('#start button');
		await fits(page, 320, 360);

		assert.equal(await words(page, '#paper button'), 'Lưu', 'the first button of the form');
		for (let i = 1; i <= 28; i++)
			await choose(page, i, 1 + i % 4);
		await page.check('input[name=f3]');
		await page.fill('#du-doan', '1.200');
		await page.press('#du-doan', 'Enter');
		await page.waitForURL(/da-luu/);
		await says(page, /Đã lưu lúc \d\d:\d\d/, /28 ?\/30/, 'Hệ thống hiểu là: 1.200 người');
		assert.equal(await shown(page), '2341'.repeat(7) + '00');
		assert.ok(await page.isChecked('input[name=f3]'));

		await page.click('button:has-text("Nộp bài")');
		await says(page, 'Còn 2 câu chưa trả lời', 'câu 29');
		await fits(page, 320, 360);
		await page.click('main a:has-text("Làm tiếp")');
		await page.waitForURL(/#cau-29$/);
		await choose(page, 29, 4);
		await page.click('button:has-text("Nộp bài")');
		await says(page, 'Còn 1 câu chưa trả lời', 'câu 30');
		await page.click('#submit button');
		await page.waitForURL(/\/ket-qua\//);
		await says(page, 'Đã nộp bài', /đúng \d+\/30/, '1.200 người', '1 lượt thi');
		await fits(page, 320, 360);

		await page.click('a:has-text("Giấy xác nhận")');
		await says(page, /giấy xác nhận đã dự thi/i, 'Điểu K\'Rứt');
		assert.doesNotMatch(await words(page, 'main'), /đúng|điểm\b(?!\.)/, 'no score for the office');
		await fits(page, 320, 360);
		assert.deepEqual(context.complaints, []);
		await context.close();
	});

	it('the result stands on one screen of a phone', async () => {
		const { context, page } = await newcomer();
		await register(page, server);
		await start(page, server);
		await page.click('button:has-text("Nộp bài")');
		await says(page, 'Còn 30 câu chưa trả lời');
		await page.click('#submit button');
		const last = await page.locator('.receipt').boundingBox();
		assert.ok(last.y + last.height <= 740, `the receipt ends at ${Math.round(last.y + last.height)} px of 740`);
		await context.close();
	});

	it('keys alone: register, sit, submit; the focus is always seen', async () => {
		const { context, page } = await newcomer();
		await page.goto(server.home);
		await page.keyboard.press('Tab');
		assert.match((await focus(page)).text, /Đến nội dung chính/);
		await page.keyboard.press('Enter');
		await follow(page, 'Đăng ký');
		await follow(page, 'Nhóm 2');
		await type(page, 'q', 'tan phu');
		await page.keyboard.press('Enter');
		await page.waitForURL(/q=/);
		await follow(page, 'Tân Phú');
		await type(page, 'hoten', 'NGUYỄN VĂN A');
		await type(page, 'ngaysinh', '1958');
		await type(page, 'sdt', '0987 000 111');
		await type(page, 'matkhau', PASSWORD);
		await tab_to(page, (at) => at.id === 'dongy', 'consent');
		await page.keyboard.press('Space');
		await page.keyboard.press('Enter');
		/* A year alone is asked about once; the password has to be typed again. */
		await page.waitForSelector('main [role=status]');
		await says(page, 'Hãy xem lại trước khi đăng ký', '1958');
		await type_slowly(page);
		await type(page, 'matkhau', PASSWORD);
		await page.keyboard.press('Enter');
		await page.waitForSelector('#ma-khoi-phuc');
		await says(page, 'Bạn đã đăng ký xong');
		await follow(page, 'Tôi đã lưu phiếu');
		await follow(page, 'Vào thi');
		if (/\/toi/.test(page.url()))
			await follow(page, 'Vào thi');
		await follow(page, 'Bắt đầu làm bài');

		await page.keyboard.press('Tab');
		await page.keyboard.press('Enter');	/* past the head of the page */
		for (const item of [1, 2]) {
			await tab_to(page, (at) => at.name === `a${item}`, `item ${item}`);
			await page.keyboard.press('Space');
			await page.keyboard.press('ArrowDown');
			const at = await focus(page);
			assert.ok(at.seen && at.inside && !at.covered, `arrow to ${at.is}`);
		}
		await tab_to(page, (at) => at.name === 'f2', 'the flag of item 2');
		await page.keyboard.press('Space');
		await page.keyboard.press('Enter');
		await page.waitForURL(/da-luu/);
		assert.equal(await shown(page), '22' + '0'.repeat(28));
		assert.equal((await stored(context, server)).flags, '01' + '0'.repeat(28));
		await tab_to(page, (at) => at.id === 'du-doan', 'the prediction');
		await page.keyboard.type('1 200');
		await follow(page, 'Nộp bài');
		await says(page, 'Còn 28 câu chưa trả lời');
		await follow(page, 'Nộp bài');
		await says(page, 'Đã nộp bài', '1.200 người');
		await context.close();
	});
});
