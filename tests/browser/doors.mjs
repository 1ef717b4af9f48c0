/* The door as people use it, with JavaScript on and off: a family with one phone, a
 * forgotten password, a shared machine, a session lost in mid-paper, a pupil of 13 with their
 * mother. See harness.mjs. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Folder, PASSWORD, choose, fits, person, register, says, shown, sign_in, start, stored, type_slowly,
	wait_for, wait_saved } from './harness.mjs';

let server, phones = 0;
before(async () => { server = await new Folder().demo(); });

const new_phone = () => '09345' + String(10000 + ++phones);

async function sign_out(page) {
	await page.goto(server.home + '/toi');
	await page.click('#sign-out button');
	await page.waitForURL(/binh-phuoc-2024$/);
}

/* Fills in step 2 of the registration for someone of this phone; it is not sent. */
async function fill(page, name, birth, phone, password = PASSWORD) {
	await page.goto(server.home + '/dang-ky?nhom=nhom2&q=tan+phu');
	await page.click('#ket-qua-tim ~ ul a');
	await page.fill('#hoten', name);
	await page.fill('#ngaysinh', birth);
	await page.fill('#sdt', phone);
	await page.fill('#matkhau', password);
	await page.check('#dongy');
	await type_slowly(page);
}

async function kept_slip(page) {
	await says(page, 'Bạn đã đăng ký xong', 'Chụp màn hình hoặc in phiếu này');
	await fits(page, 320, 360);
	const slip = {
		code: (await page.innerText('#ma-du-thi')).trim(),
		recovery: (await page.innerText('#ma-khoi-phuc')).replace(/\D/g, ''),
	};
	assert.match(slip.recovery, /^\d{10}$/);
	await page.click('main a.button-primary[href$="/toi"]');
	return slip;
}

/* Goes on to a field with Tab alone; one has to see that one is there. */
async function tab_to(page, selector) {
	for (let presses = 0; presses < 40; presses++) {
		await page.keyboard.press('Tab');
		const at = await page.evaluate((wanted) => {
			const el = document.activeElement, { top, bottom } = el.getBoundingClientRect();
			const { outlineStyle, outlineWidth } = getComputedStyle(el.closest('.choice') ?? el);
			return { name: el.id || el.textContent, there: el.matches(wanted), trap: el.name === 'trangweb',
				seen: outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2 && top >= 0 && bottom <= innerHeight };
		}, selector);
		assert.ok(at.seen && !at.trap, `focus on ${JSON.stringify(at)}`);
		if (at.there)
			return;
	}
	assert.fail(`no Tab leads to ${selector}`);
}

async function type_into(page, selector, text) {
	await tab_to(page, selector);
	await page.keyboard.type(text);
}

async function press(page, selector, key) {
	await tab_to(page, selector);
	await page.keyboard.press(key);
}

for (const js of [false, true]) {
	describe(js ? 'with JavaScript' : 'without JavaScript', { concurrency: true }, () => {
		it('a family: mother registers, then her son on the same phone; each signs in', async () => {
			const context = await person({ js });
			const page = await context.newPage();
			const phone = new_phone();
			await fill(page, 'Thị Hạnh', '2/3/1975', phone);
			await page.click('#register button');
			const mother = await kept_slip(page);
			await sign_out(page);
			await fill(page, 'Điểu Minh', '4/5/2001', phone);
			await page.click('#register button');
			const son = await kept_slip(page);
			assert.notEqual(mother.code, son.code);
			await sign_out(page);

			await page.goto(server.home + '/dang-nhap');
			await page.fill('#sdt', phone);
			await page.fill('#matkhau', PASSWORD);
			await page.click('#sign-in button');
			await says(page, 'Ai đang đăng nhập?', 'Thị Hạnh', 'Điểu Minh');
			await fits(page, 320, 360);
			await page.check(`input[name=nguoi][value="${son.code}"]`);
			await page.fill('#matkhau', PASSWORD);
			await page.click('#sign-in button');
			await says(page, 'Trang của tôi', 'Điểu Minh');
			assert.deepEqual(context.complaints, []);
			await context.close();
		});

		it('a number that is taken: four ways on, each leads somewhere', async () => {
			const context = await person({ js });
			const page = await context.newPage();
			const phone = new_phone();
			await fill(page, 'Lâm Thị Tư', '2/3/1975', phone);
			await page.click('#register button');
			await kept_slip(page);
			await sign_out(page);
			await fill(page, 'Lâm Thị Tư', '2/3/1975', phone, 'không phải mật khẩu');
			await page.click('#register button');
			await says(page, 'đã được đăng ký', 'Nếu đó là bạn', 'người khác trong gia đình',
				'Có người đã dùng số của tôi');
			await fits(page, 320, 360);
			for (const [link, there] of [['Đăng nhập', /Số điện thoại hoặc mã dự thi/],
				['Dùng mã khôi phục', /Mã khôi phục trên phiếu/], ['Chọn nhóm khác', /Nhóm 1/],
				['Cách lấy lại số điện thoại', /gỡ số/]]) {
				const href = await page.locator('.notice a', { hasText: link }).first().getAttribute('href');
				const other = await context.newPage();
				await other.goto(server.url + href);
				await says(other, there);
				await fits(other, 320, 360);
				await other.close();
			}
			assert.deepEqual(context.complaints, []);
			await context.close();
		});

		it('a pupil of 13: a forgotten tick is shown at its place, and all else is kept', async () => {
			const context = await person({ js });
			const page = await context.newPage();
			await fill(page, 'Điểu Thị Sáu', '5/8/2011', new_phone());
			await page.click('#register button');
			await says(page, 'Người đại diện đồng ý', 'Điểu Thị Sáu', '05/08/2011');
			await fits(page, 320, 360);
			await page.fill('#daidien', 'Thị Mẹ');
			await page.check('#dongydd');
			await page.check('#congbodd');
			await page.fill('#matkhau', PASSWORD);
			await page.click('#register-minor button');
			await says(page, 'Chưa đăng ký được');
			await fits(page, 320, 360);
			assert.deepEqual(await page.locator('.problems a').evaluateAll((all) => all.map((a) => a.hash)),
				['#dongy', '#matkhau']);
			assert.match(await page.innerText('#dongy-loi'), /cần đồng ý/);
			assert.match(await page.innerText('#matkhau-loi'), /cần ghi lại/);
			assert.equal(await page.getAttribute('#dongy', 'aria-invalid'), 'true');
			assert.equal(await page.inputValue('#daidien'), 'Thị Mẹ');
			const ticks = await Promise.all(['#dongydd', '#congbodd', '#dongy', '#congbo'].map((one) => page.isChecked(one)));
			assert.deepEqual(ticks, [true, true, false, false]);
			await page.check('#dongy');
			await page.fill('#matkhau', PASSWORD);
			await type_slowly(page);
			await page.click('#register-minor button');
			await kept_slip(page);
			await says(page, 'Trang của tôi', 'Điểu Thị Sáu', '05/08/2011');
			await page.goto(server.home + '/du-lieu');
			await says(page, 'Họ và tên người đại diện Thị Mẹ', 'Người đại diện đồng ý công bố đủ họ tên Có',
				'Thí sinh đồng ý công bố đủ họ tên Không', '“Đ. T. S.”');
			await fits(page, 320, 360);
			assert.deepEqual(context.complaints, []);
			await context.close();
		});

		it('a pupil of 13, by the keyboard alone', async () => {
			const context = await person({ js });
			const page = await context.newPage();
			await page.goto(server.home + '/dang-ky?dv=SGDDT-THPT-HV');
			await type_into(page, '#hoten', 'Trần Văn Đông');
			await type_into(page, '#ngaysinh', '05082011');
			await type_into(page, '#sdt', new_phone());
			await type_into(page, '#matkhau', PASSWORD);
			await press(page, '#dongy', 'Space');
			await type_slowly(page);
			await press(page, '#register button', 'Enter');
			await page.waitForSelector('#register-minor');
			await type_into(page, '#daidien', 'Lê Thị Mẹ');
			await press(page, '#dongy', 'Space');
			await type_into(page, '#matkhau', PASSWORD);
			await press(page, '#register-minor button', 'Enter');
			/* The list of mistakes leads to the tick that is missing. */
			await page.waitForSelector('.problems');
			await press(page, '.problems a[href="#dongydd"]', 'Enter');
			await page.keyboard.press('Space');
			assert.ok(await page.isChecked('#dongydd'));
			await type_into(page, '#matkhau', PASSWORD);
			await type_slowly(page);
			await press(page, '#register-minor button', 'Enter');
			await page.waitForSelector('#ma-khoi-phuc');
			await says(page, 'Bạn đã đăng ký xong', 'Trần Văn Đông');
			await press(page, 'main a[href$="/toi"]', 'Enter');
			await page.waitForURL(/\/toi$/);
			await says(page, 'Trang của tôi', 'Trần Văn Đông', 'Trường THPT Hùng Vương');
			assert.deepEqual(context.complaints, []);
			await context.close();
		});

		it('a forgotten password: the code of the slip sets a new one, once', async () => {
			const context = await person({ js });
			const page = await context.newPage();
			const phone = new_phone();
			await fill(page, 'Cao Văn Bảy', '2/3/1975', phone);
			await page.click('#register button');
			const slip = await kept_slip(page);
			await sign_out(page);
			await page.goto(server.home + '/dang-nhap');
			await page.click('a:has-text("Quên mật khẩu?")');
			await page.fill('#sdt', phone);
			await page.fill('#ma', `${slip.recovery.slice(0, 5)} ${slip.recovery.slice(5)}`);
			await page.fill('#matkhau', 'sen hồng tháng sáu');
			await type_slowly(page);
			await page.click('#forgot button');
			await says(page, 'Mật khẩu đã được đổi', 'Mã khôi phục chỉ hiện một lần');
			await fits(page, 320, 360);
			assert.notEqual((await page.innerText('#ma-khoi-phuc')).replace(/\D/g, ''), slip.recovery);
			await sign_out(page);
			await sign_in(page, server, phone, 'sen hồng tháng sáu');
			await says(page, 'Cao Văn Bảy');
			assert.deepEqual(context.complaints, []);
			await context.close();
		});

		it('a shared machine: signed out when the browser is closed, and not before', async () => {
			const mine = await person({ js });
			const page = await mine.newPage();
			const phone = await register(page, server, 'Trịnh Thị Năm');
			const shared = await person({ js });
			const there = await shared.newPage();
			await there.goto(server.home + '/dang-nhap');
			await there.fill('#sdt', phone);
			await there.fill('#matkhau', PASSWORD);
			await there.check('input[name=maychung]');
			await fits(there, 320, 360);
			await there.click('#sign-in button');
			await says(there, 'Trịnh Thị Năm', 'Máy dùng chung');
			/* A closed browser forgets cookies that have no end of their own. */
			const cookies = await shared.cookies();
			assert.equal(cookies.find((c) => c.name === 'hoithi').expires, -1);
			assert.ok((await mine.cookies()).find((c) => c.name === 'hoithi').expires > Date.now() / 1000);
			/* From one's own phone one sees it, and ends it. */
			await page.goto(server.home + '/toi');
			await says(page, /Máy dùng chung/);
			await fits(page, 320, 360);
			await page.click('button[form=device-end]');
			await says(page, 'Đã đăng xuất ở nơi bạn chọn');
			await there.goto(server.home + '/toi');
			await says(there, 'Số điện thoại hoặc mã dự thi');
			assert.deepEqual([...mine.complaints, ...shared.complaints], []);
			await mine.close();
			await shared.close();
		});

		it('a session lost in mid-paper: the answers travel through the sign-in', async () => {
			const context = await person({ js });
			const page = await context.newPage();
			const phone = await register(page, server, 'Mai Thị Lan');
			await start(page, server);
			await choose(page, 1, 2);
			if (js) {
				await wait_saved(page);
			} else {
				await page.click('#paper button');
				await page.waitForURL(/da-luu/);
			}
			await context.clearCookies();
			await choose(page, 2, 3);
			await choose(page, 3, 4);
			if (js)		/* the script finds out first, and says so */
				await wait_for(async () => /tải lại|đăng nhập/i.test(await page.innerText('#da-luu')),
					'that saving has stopped');
			await page.click('#paper button:not([formaction])');
			await says(page, 'Những câu bạn vừa gửi vẫn còn trong trang này');
			await fits(page, 320, 360);
			await page.fill('#sdt', phone);
			await page.fill('#matkhau', PASSWORD);
			await page.click('#sign-in button');
			await says(page, 'Đã đăng nhập lại');
			await fits(page, 320, 360);
			await page.click('#lost button');
			await page.waitForURL(/bai-thi/);
			assert.equal((await shown(page)).slice(0, 4), '2340');
			assert.equal((await stored(context, server)).answers.slice(0, 4), '2340');
			await context.close();
		});
	});
}
