/* Makes a screenshot small: at most 256 colours, one byte a pixel. Reads what Chromium writes
 * (8 bits, RGB or RGBA, not interlaced). */
import zlib from 'node:zlib';

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

function read(png) {
	let width, height, channels;
	const data = [];
	for (let at = 8; at < png.length;) {
		const length = png.readUInt32BE(at), type = png.toString('latin1', at + 4, at + 8);
		const body = png.subarray(at + 8, at + 8 + length);
		if (type === 'IHDR') {
			[width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
			channels = { 2: 3, 6: 4 }[body[9]];
			if (body[8] !== 8 || !channels || body[12])
				throw new Error('not a PNG as Chromium writes it');
		} else if (type === 'IDAT') {
			data.push(body);
		}
		at += 12 + length;
	}
	return { width, height, channels, raw: zlib.inflateSync(Buffer.concat(data)) };
}

function paeth(a, b, c) {
	const pa = Math.abs(b - c), pb = Math.abs(a - c), pc = Math.abs(a + b - 2 * c);
	return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/* Undoes the filters; gives the rows one after the other. */
function pixels({ width, height, channels, raw }) {
	const stride = width * channels, out = Buffer.alloc(stride * height);
	for (let y = 0; y < height; y++) {
		const filter = raw[y * (stride + 1)], from = y * (stride + 1) + 1, to = y * stride;
		for (let x = 0; x < stride; x++) {
			const a = x >= channels ? out[to + x - channels] : 0, b = y ? out[to + x - stride] : 0;
			const c = y && x >= channels ? out[to + x - stride - channels] : 0;
			const add = [0, a, b, (a + b) >> 1, paeth(a, b, c)][filter];
			out[to + x] = raw[from + x] + add;
		}
	}
	return out;
}

/* The 256 most frequent of the colours, close ones counted as one. */
function palette_of(counts) {
	const groups = new Map();
	for (const [rgb, n] of counts) {
		const group = (rgb >> 3) & 0x1f1f1f, found = groups.get(group);
		if (!found)
			groups.set(group, { rgb, n, most: n });
		else {
			found.n += n;
			if (n > found.most)
				Object.assign(found, { rgb, most: n });
		}
	}
	return [...groups.values()].sort((a, b) => b.n - a.n).slice(0, 256).map(({ rgb }) => rgb);
}

function nearest(palette, rgb) {
	let best = 0, least = Infinity;
	palette.forEach((one, i) => {
		const far = ((one >> 16) - (rgb >> 16)) ** 2 + (((one >> 8) & 255) - ((rgb >> 8) & 255)) ** 2 +
			((one & 255) - (rgb & 255)) ** 2;
		if (far < least)
			[best, least] = [i, far];
	});
	return best;
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
	for (let k = 0; k < 8; k++)
		n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
	return n >>> 0;
});

function chunk(type, body) {
	const bytes = Buffer.concat([Buffer.from(type, 'latin1'), body]);
	const crc = bytes.reduce((c, byte) => CRC[(c ^ byte) & 255] ^ (c >>> 8), ~0);
	const out = Buffer.alloc(8);
	out.writeUInt32BE(body.length, 0);
	out.writeUInt32BE(~crc >>> 0, 4);
	return Buffer.concat([out.subarray(0, 4), bytes, out.subarray(4)]);
}

export function shrink(png) {
	const image = read(png), { width, height, channels } = image, data = pixels(image);
	const counts = new Map(), colour = (i) => data[i] << 16 | data[i + 1] << 8 | data[i + 2];
	for (let i = 0; i < data.length; i += channels)
		counts.set(colour(i), (counts.get(colour(i)) || 0) + 1);
	const palette = palette_of(counts), index = new Map();
	for (const rgb of counts.keys())
		index.set(rgb, nearest(palette, rgb));
	const rows = Buffer.alloc(height * (width + 1));
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++)
			rows[y * (width + 1) + 1 + x] = index.get(colour((y * width + x) * channels));
	const head = Buffer.alloc(13);
	head.writeUInt32BE(width, 0);
	head.writeUInt32BE(height, 4);
	head.set([8, 3, 0, 0, 0], 8);
	return Buffer.concat([SIGNATURE, chunk('IHDR', head),
		chunk('PLTE', Buffer.from(palette.flatMap((rgb) => [rgb >> 16, (rgb >> 8) & 255, rgb & 255]))),
		chunk('IDAT', zlib.deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
}
