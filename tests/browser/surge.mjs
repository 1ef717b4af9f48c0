/* While auth.surge is on: the script's proof of work lets people register, a mã mời does, and
 * without JavaScript the page says where to get one. See harness.mjs. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';
import { Folder, PASSWORD, person, says, type_slowly, wait_for, words } from './harness.mjs';

const AT = '2024-09-26T09:00:00+07:00';
const UNIT = 'DP-25195';
const folder = new Folder();
let server, code, phones = 0;

before(async () => {
	folder.fresh();
	server = await folder.serve(AT);
	folder.run('contest', 'surge', 'on', '--reason', 'thử');
	const codes = folder.run('unit', 'codes');
	code = new RegExp(`^${UNIT},.*,([0-9A-Z-]{9}),`, 'm').exec(codes)[1];
});

async function open(query = '', js = true) {
	const context = await person({ js });
	const page = await context.newPage();
	await page.goto(`${server.home}/dang-ky?dv=${UNIT}${query}`);
	return { page, context };
}

async function fill(page) {
	await page.fill('#hoten', 'Trần Thị Bông');
	await page.fill('#ngaysinh', '05081966');
	await page.fill('#sdt', `09120${String(++phones).padStart(5, '0')}`);
	await page.fill('#matkhau', PASSWORD);
	await page.check('#dongy');
}

test('the work begins when the form is touched, is told in words, and lets one in', async () => {
	const { page, context } = await open();
	assert.match(await words(page, '#cong'), /Không có mã mời thì cứ điền/);
	assert.equal(await page.inputValue('[name=cong]'), '');
	await page.focus('#hoten');
	await wait_for(async () => /đã tính xong/.test(await words(page, '#cong')), 'the work');
	const proof = await page.inputValue('[name=cong]');
	const challenge = await page.getAttribute('#cong', 'data-challenge');
	assert.ok(proof.startsWith(challenge) && proof.length === 64 + 12, proof);
	const hash = BigInt('0x' + createHash('sha256').update(proof).digest('hex'));
	const bits = BigInt(await page.getAttribute('#cong', 'data-bits'));
	assert.ok(bits >= 16n && hash >> 256n - bits === 0n, `${hash} ${bits}`);
	await fill(page);
	await type_slowly(page);
	await page.press('#matkhau', 'Enter');
	await page.waitForSelector('#ma-khoi-phuc');
	await says(page, 'Bạn đã đăng ký xong.');
	assert.deepEqual(context.complaints, []);
});

test('a form that is sent too early goes by itself once the work is done', async () => {
	const { page, context } = await open();
	await fill(page);
	await page.evaluate(() => { document.querySelector('[name=cong]').value = ''; });
	await type_slowly(page);
	await page.press('#matkhau', 'Enter');
	await page.waitForSelector('#ma-khoi-phuc');
	await says(page, 'Bạn đã đăng ký xong.');
	assert.deepEqual(context.complaints, []);
});

test('a mistake in the form does not cost the work again', async () => {
	const { page } = await open();
	await fill(page);
	await page.fill('#hoten', '12');
	await wait_for(async () => /đã tính xong/.test(await words(page, '#cong')), 'the work');
	const proof = await page.inputValue('[name=cong]');
	await page.press('#matkhau', 'Enter');
	await says(page, 'Chưa đăng ký được');
	assert.equal(await page.inputValue('[name=cong]'), proof);
	assert.match(await words(page, '#cong'), /đã tính xong/);
	await page.fill('#hoten', 'Trần Thị Bông');
	await page.fill('#matkhau', PASSWORD);
	await type_slowly(page);
	await page.press('#matkhau', 'Enter');
	await page.waitForSelector('#ma-khoi-phuc');
});

test('with a mã mời nothing is computed', async () => {
	const { page } = await open('&moi=' + code);
	assert.equal(await page.inputValue('#moi'), code.replace('-', ''));
	await fill(page);
	assert.equal(await page.inputValue('[name=cong]'), '');
	await type_slowly(page);
	await page.press('#matkhau', 'Enter');
	await page.waitForSelector('#ma-khoi-phuc');
});

test('without JavaScript the page says where a mã mời is to be had', async () => {
	const { page } = await open('', false);
	await says(page, 'Mã in trong thư mời', 'cán bộ đầu mối');
	await fill(page);
	await type_slowly(page);
	await page.press('#matkhau', 'Enter');
	await says(page, 'cần mã mời của đơn vị');
	await page.fill('#moi', code.toLowerCase());
	await page.fill('#matkhau', PASSWORD);
	await type_slowly(page);
	await page.press('#matkhau', 'Enter');
	await page.waitForSelector('#ma-khoi-phuc');
	await says(page, 'Bạn đã đăng ký xong.');
});
