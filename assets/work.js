/* The proof of work of views/register.html (src/pages/work.h): a number that makes
   SHA-256(challenge + number) begin with so many zero bits. Begins when the form is first
   touched, in slices, so that the page stays usable. Without it the page asks for a mã mời.
   ES5, and a SHA-256 of its own: plain http has no crypto.subtle. */
(function () {
'use strict';
var SLICE_MS = 40, PAUSE_MS = 8, TELL_MS = 1000;
var form = document.getElementById('register'), box = document.getElementById('cong');
var challenge = box && box.getAttribute('data-challenge');
var bits = box && +box.getAttribute('data-bits');
var proof = form && form.elements.cong, code = form && form.elements.moi;
var working, waiting, worked_ms = 0, tried = 0, told_ms = 0;

if (!proof || !/^[0-9a-f]{64}$/.test(challenge))
	return;

function tell(name, value) {
	var text = box.getAttribute('data-' + name).replace('%s', value);
	if (box.textContent !== text)
		box.textContent = text;
}

/* The constants: fractions of the roots of the first primes. */
var K = [], H = [], w = new Int32Array(64), k;
(function () {
	function fraction(x) { return ((x - Math.floor(x)) * 4294967296) | 0; }
	for (var n = 2; K.length < 64; n++) {
		for (var d = 2; d * d <= n && n % d; d++)
			;
		if (d * d <= n)
			continue;
		if (H.length < 8)
			H.push(fraction(Math.sqrt(n)));
		K.push(fraction(Math.pow(n, 1 / 3)));
	}
	k = new Int32Array(K);
})();

/* One block, from w[0] to w[15], upon the state h. */
function block(h, out) {
	var a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], i = h[7];
	for (var t = 0; t < 64; t++) {
		if (t > 15) {
			var x = w[t - 15], y = w[t - 2];
			w[t] = (w[t - 16] + w[t - 7] +
				((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) +
				((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10)) | 0;
		}
		var p = (i + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) +
			 (g ^ e & (f ^ g)) + k[t] + w[t]) | 0;
		var q = (((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) +
			 (a & b | c & (a | b))) | 0;
		i = g; g = f; f = e; e = (d + p) | 0;
		d = c; c = b; b = a; a = (p + q) | 0;
	}
	out[0] = (h[0] + a) | 0; out[1] = (h[1] + b) | 0; out[2] = (h[2] + c) | 0;
	out[3] = (h[3] + d) | 0; out[4] = (h[4] + e) | 0; out[5] = (h[5] + f) | 0;
	out[6] = (h[6] + g) | 0; out[7] = (h[7] + i) | 0;
}

/* Four digits as the word of their letters. */
function word(digits) {
	var text = ('000' + digits).slice(-4), value = 0;
	for (var j = 0; j < 4; j++)
		value = value << 8 | text.charCodeAt(j);
	return value;
}

/* The challenge is one block: it is hashed once. */
var middle = new Int32Array(8), out = new Int32Array(8), words = new Int32Array(10000);
for (var j = 0; j < 10000; j++)
	words[j] = word(j);
for (j = 0; j < 16; j++)
	w[j] = challenge.charCodeAt(4 * j) << 24 | challenge.charCodeAt(4 * j + 1) << 16 |
		challenge.charCodeAt(4 * j + 2) << 8 | challenge.charCodeAt(4 * j + 3);
block(H, middle);

/* Whether the number of twelve digits `n` does. */
function does(n) {
	w[0] = words[Math.floor(n / 1e8) % 10000];
	w[1] = words[Math.floor(n / 10000) % 10000];
	w[2] = words[n % 10000];
	w[3] = 0x80000000 | 0;
	for (var j = 4; j < 15; j++)
		w[j] = 0;
	w[15] = 8 * (64 + 12);
	block(middle, out);
	return out[0] >>> (32 - bits) === 0;
}

function finish(n) {
	proof.value = challenge + ('00000000000' + n).slice(-12);
	working = false;
	tell('done');
	if (waiting)
		HTMLFormElement.prototype.submit.call(form);
}

function show() {
	var expected = Math.pow(2, bits) / tried * worked_ms * (SLICE_MS + PAUSE_MS) / SLICE_MS;
	if (worked_ms - told_ms < TELL_MS)
		return;
	told_ms = worked_ms;
	tell(waiting ? 'send' : 'left', Math.max(1, Math.round(expected / 1000)));
}

function slice() {
	var began = Date.now(), until = began + SLICE_MS;
	do {
		for (var last = tried + 200; tried < last; tried++)
			if (does(tried)) {
				finish(tried);
				return;
			}
	} while (Date.now() < until);
	worked_ms += Date.now() - began;
	show();
	setTimeout(slice, PAUSE_MS);
}

function begin() {
	if (working || proof.value || code.value.trim())
		return;
	working = true;
	tell('work');
	setTimeout(slice, PAUSE_MS);
}

tell(proof.value ? 'done' : 'idle');
form.addEventListener('focusin', begin);
form.addEventListener('input', begin);
form.addEventListener('submit', function (event) {
	if (proof.value || code.value.trim())
		return;
	event.preventDefault();
	waiting = true;
	begin();
	tell('work');
});
})();
