/* Light enough for a cheap phone, and quiet: bytes as sent, console, CSP, Open Graph. See
 * harness.mjs. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { DEMO_PASSWORD, DEMO_PHONE, Folder, HOME, choose, person, register, sign_in, start, wait_for, wait_saved }
	from './harness.mjs';

const PAGE_BYTES_MAX = 50 * 1000;
const JOURNEY_BYTES_MAX = 250 * 1000;
const PUBLIC = ['', '/the-le', '/huong-dan', '/hoi-dap', '/tin-tuc', '/don-vi', '/ket-qua', '/dang-ky',
	'/dang-nhap', '/thi-thu'];

let server;
before(async () => {
	const folder = new Folder();
	await (await folder.demo(300)).end();
	server = await folder.serve('2024-09-25T10:00:00+07:00', { public_url: true });
});

/* Counts what comes over the wire for a page: heads and bodies as sent. */
async function scale(context, page) {
	const cdp = await context.newCDPSession(page);
	const weight = { bytes: 0, open: new Set() };
	await cdp.send('Network.enable');
	cdp.on('Network.requestWillBeSent', ({ requestId, redirectResponse }) => {
		weight.open.add(requestId);
		weight.bytes += redirectResponse?.encodedDataLength ?? 0;
	});
	cdp.on('Network.loadingFailed', ({ requestId }) => weight.open.delete(requestId));
	cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
		weight.open.delete(requestId);
		weight.bytes += encodedDataLength;
	});
	return weight;
}

async function first_load(path, state) {
	const context = await person({ storageState: state });
	const page = await context.newPage();
	const weight = await scale(context, page);
	await page.goto(server.home + path);
	await wait_for(() => weight.open.size === 0, 'all is loaded');
	assert.deepEqual(context.complaints, [], path);
	await context.close();
	return weight.bytes;
}

test('a first load of any page is at most 50 kB, and quiet', async (t) => {
	const weights = {};
	for (const path of PUBLIC)
		weights[path || '/'] = await first_load(path);
	const context = await person();
	const page = await context.newPage();
	await sign_in(page, server, DEMO_PHONE, DEMO_PASSWORD);
	await start(page, server);
	await choose(page, 1, 1);
	await wait_saved(page);
	const state = await context.storageState();
	for (const path of ['/toi', '/vao-thi', '/bai-thi/chinh-thuc-1'])
		weights[path] = await first_load(path, state);
	await page.click('[formaction]');
	await page.click('#submit button');
	await page.waitForURL(/ket-qua/);
	for (const path of ['/ket-qua/chinh-thuc-1', '/giay-xac-nhan/chinh-thuc-1'])
		weights[path] = await first_load(path, state);
	await context.close();
	t.diagnostic(Object.entries(weights).map(([path, bytes]) => `${path} ${bytes}`).join(', '));
	for (const [path, bytes] of Object.entries(weights))
		assert.ok(bytes > 1000 && bytes <= PAGE_BYTES_MAX, `${path}: ${bytes} bytes`);
});

test('a whole journey is at most 250 kB, and quiet', async (t) => {
	const context = await person();
	await context.addInitScript(() => document.addEventListener('securitypolicyviolation',
		(event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`)));
	const failed = [];
	context.on('response', (reply) => {
		if (reply.status() >= 400)
			failed.push(`${reply.status()} ${reply.url()}`);
	});
	const page = await context.newPage();
	const weight = await scale(context, page);
	for (const path of ['', '/the-le', '/huong-dan', '/thi-thu'])
		await page.goto(server.home + path);
	await register(page, server);
	await start(page, server);
	for (let i = 1; i <= 30; i++) {
		await choose(page, i, 1 + i % 4);
		if (i % 3 === 0)
			await wait_saved(page);
	}
	await page.fill('#du-doan', '100');
	await page.click('[formaction]');
	await page.waitForURL(/ket-qua/);
	await page.click('main a[href*=giay-xac-nhan]');
	await page.goto(server.home + '/toi');
	await wait_for(() => weight.open.size === 0, 'all is loaded');
	t.diagnostic(`${weight.bytes} bytes`);
	assert.ok(weight.bytes > 30000 && weight.bytes <= JOURNEY_BYTES_MAX, `${weight.bytes} bytes`);
	assert.deepEqual(context.complaints, []);
	assert.deepEqual(failed, []);
	await context.close();
});

test('every public page says what it is to those who share it', async () => {
	const context = await person();
	const page = await context.newPage();
	await page.goto(server.home + '/tin-tuc');
	const news = await page.getAttribute('main li a, main .card a', 'href');
	await page.goto(server.home + '/don-vi');
	const unit = await page.getAttribute('main td a, main th a', 'href');
	/* An invitation is what is shared most. */
	const paths = [...PUBLIC.filter((path) => path !== '/dang-nhap'), '/dang-ky?dv=SGDDT',
		...[news, unit].map((path) => path.replace(HOME, ''))];
	const missing = [];
	for (const path of paths) {
		await page.goto(server.home + path);
		const og = Object.fromEntries(await page.locator('meta[property^="og:"]').evaluateAll((all) =>
			all.map((meta) => [meta.getAttribute('property'), meta.content])));
		for (const name of ['title', 'description', 'url', 'image', 'type', 'site_name'])
			if (!og['og:' + name])
				missing.push(`${path || '/'}: og:${name}`);
		if (og['og:url'] && !og['og:url'].startsWith(server.home))
			missing.push(`${path}: ${og['og:url']}`);
		if (og['og:image']) {
			const image = await context.request.get(og['og:image']);
			if (image.status() !== 200 || image.headers()['content-type'] !== 'image/png')
				missing.push(`${path}: ${og['og:image']} ${image.status()}`);
		}
	}
	assert.deepEqual(missing, []);
	await context.close();
});
