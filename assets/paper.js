/* Adds to the paper (views/paper.html): clock, saving in the background, a journal on this
   machine. Without it, and wherever it gives up, the form's own buttons do everything.
   docs/design-system.md, "The sitting". Syntax: ES5. */
(function () {
	'use strict';
	var DEBOUNCE = 1000, LONGEST_WAIT = 4000, TIMEOUT = 20000;
	var doc = document, store = null, form = doc.getElementById('paper');
	var done = doc.querySelector('[data-paper-done]');

	try {
		store = window.localStorage;
		store.getItem('hoithi');
	} catch (e) {
		store = null;
	}
	if (done) {
		try {
			store.removeItem('hoithi:' + done.getAttribute('data-paper-done'));
		} catch (e) { /* there was no journal */ }
		return;
	}
	if (!form || !window.fetch || !form.elements.rev)
		return;

	var field = form.elements, n = +data('n'), key = 'hoithi:' + data('key');
	var links = doc.querySelectorAll('#luoi a[data-no]'), painted = [];
	var cur, base;		/* { a: answers, f: flags, p: prediction as typed }; base with rev */
	var pending = null;	/* the save that is not answered yet; sent again as it is */
	var flight = null, timer = 0, tries = 0, changed_at = 0, cleared_guard = [];
	var offline = false, stopped = false, over = false, leaving = false, forced = false;
	var told = false, submitting = null, saved_at = data('saved-at'), hidden_at = 0;
	var deadline, five, one, print;

	function data(name) { return form.getAttribute('data-' + name) || ''; }
	function say(name, a, b) {
		var left = [a, b];
		return data('t-' + name).replace(/%[sd]/g, function () { return left.shift(); });
	}
	function by_id(id) { return doc.getElementById(id); }
	function put(id, text) {
		var el = by_id(id);
		if (el && el.textContent !== text)
			el.textContent = text;
	}
	function announce(text) {
		put('thong-bao', '');
		setTimeout(function () { put('thong-bao', text); }, 50);
	}
	function with_char(text, i, c) { return text.slice(0, i) + c + text.slice(i + 1); }
	function same(x, y) { return x.a === y.a && x.f === y.f && x.p === y.p; }
	function copy(x) { return { a: x.a, f: x.f, p: x.p }; }

	/* Predictions: what the server takes (rules/score.h), and "1.200". */
	function number_of(typed) {
		var text = typed.replace(/^\s+|\s+$/g, '');
		if (!/^(\d+|[1-9]\d{0,2}([., \u00a0\u202f])\d{3}(?:\2\d{3})*)$/.test(text))
			return -1;
		var value = +text.replace(/\D/g, '');
		return value > 9999999 ? -1 : value;
	}
	function format(value) {
		return value < 0 ? '' : String(value).replace(/\B(?=(\d{3})+$)/g, '.');
	}
	function show_prediction(wrong) {
		if (!field.p)
			return;
		var value = number_of(cur.p), problem = by_id('du-doan-loi');
		put('du-doan-hieu', value < 0 ? '' : say('read', format(value)));
		if (value >= 0 || !cur.p || wrong) {
			problem.hidden = !wrong;
			problem.textContent = wrong ? data('t-wrong') : '';
			field.p.setAttribute('aria-invalid', wrong ? 'true' : 'false');
		}
	}
	function prediction_is_wrong() { return !!cur.p.trim() && number_of(cur.p) < 0; }

	/* The form as it is shown. */
	function lay_out() {
		for (var i = 0; i < n; i++) {
			var options = form.querySelectorAll('input[name=a' + (i + 1) + ']');
			for (var k = 0; k < options.length; k++)
				options[k].checked = options[k].value === cur.a[i];
			field['f' + (i + 1)].checked = cur.f[i] === '1';
		}
		if (field.p && field.p.value !== cur.p)
			field.p.value = cur.p;
		show_prediction(prediction_is_wrong());
	}
	function is_unsaved(i) { return cur.a[i] !== base.a[i] || cur.f[i] !== base.f[i]; }
	function paint() {
		var answered = 0, unsaved = cur.p !== base.p ? 1 : 0;
		for (var i = 0; i < n; i++) {
			var names = [], words = [];
			if (cur.a[i] !== '0') {
				answered++;
				names.push('is-answered');
				words.push(data('t-s-answered'));
			}
			if (cur.f[i] === '1') {
				names.push('is-flagged');
				words.push(data('t-s-flagged'));
			}
			if (is_unsaved(i)) {
				unsaved++;
				names.push('is-unsaved');
				words.push(data('t-s-unsaved'));
			}
			if (painted[i] !== names.join(' ')) {
				painted[i] = links[i].className = names.join(' ');
				links[i].lastElementChild.textContent = ' ' + words.join(', ');
			}
		}
		put('da-tra-loi', say('answered', answered, n));
		if (offline && unsaved)
			put('da-luu', data(store ? 't-offline' : 't-offline-bare'));
		else if (unsaved)
			put('da-luu', say('unsaved', unsaved));
		else if (saved_at)
			put('da-luu', say('saved', saved_at));
		by_id('thanh').classList.toggle('is-offline', offline && unsaved > 0);
		/* so that the form's own buttons post what they stand for */
		field.rev.value = base.rev;
		field.base.value = base.a;
		field.baseflags.value = base.f;
		field.no.value = random();
	}
	function random() {
		var high = Math.floor(Math.random() * 4194304);
		try {
			high = window.crypto.getRandomValues(new Uint32Array(1))[0] >>> 10;
		} catch (e) { /* less random will do */ }
		return String(high * 2147483648 + Math.floor(Math.random() * 2147483648));
	}

	/* The journal. Its fingerprint of the questions keeps it from the paper of another
	   person on the same machine. */
	function fingerprint() {
		var text = by_id('cac-cau').textContent, h = 5381;
		var parts = form.querySelectorAll('.question-body, .choice');
		text = '';
		for (var i = 0; i < parts.length; i++)
			text += parts[i].textContent;
		for (var k = 0; k < text.length; k++)
			h = Math.imul(h, 33) ^ text.charCodeAt(k);
		return (h >>> 0) + '.' + text.length;
	}
	function keep() {
		try {
			store.setItem(key, JSON.stringify({ print: print, base: base, cur: cur, sent: pending }));
		} catch (e) {
			store = null;
		}
	}
	function recall() {
		var j;
		try {
			j = JSON.parse(store.getItem(key));
		} catch (e) { /* none */ }
		if (!j || j.print !== print || j.cur.a.length !== n || j.cur.f.length !== n ||
		    j.base.a.length !== n)
			return;
		if (j.base.rev > base.rev) {	/* this page is an old copy */
			base = j.base;
			cur = copy(j.cur);
			return;
		}
		var sent = j.sent, was = j.base;
		if (sent && sent.a === base.a && sent.f === base.f)
			was = sent;	/* it had arrived; only its answer was lost */
		/* Where the stored item is what the journal knew, the journal is newer. */
		function lay(what, i) {
			var stored = base[what][i];
			if (j.cur[what][i] !== was[what][i] &&
			    (stored === was[what][i] || (sent && stored === sent[what][i])))
				cur[what] = with_char(cur[what], i, j.cur[what][i]);
		}
		for (var i = 0; i < n; i++) {
			lay('a', i);
			lay('f', i);
		}
		if (j.cur.p !== was.p && number_of(base.p) === number_of(was.p))
			cur.p = j.cur.p;
	}

	/* Saving: one at a time. */
	function body_of(save) {
		var parts = ['_token=' + encodeURIComponent(field._token.value), 'rev=' + save.rev,
			     'no=' + save.no, 'base=' + save.base, 'baseflags=' + save.baseflags];
		for (var i = 0; i < n; i++) {
			parts.push('a' + (i + 1) + '=' + save.a[i]);
			if (save.f[i] === '1')
				parts.push('f' + (i + 1) + '=1');
		}
		if (field.p)
			parts.push('p=' + encodeURIComponent(save.p));
		return parts.join('&');
	}
	function later(ms) {
		clearTimeout(timer);
		timer = setTimeout(save, ms);
	}
	function save() {
		clearTimeout(timer);
		if (flight || stopped || leaving || (!pending && !forced && same(cur, base)))
			return;
		if (!pending) {
			pending = { no: random(), rev: base.rev, base: base.a, baseflags: base.f,
				    a: cur.a, f: cur.f, p: cur.p };
			changed_at = 0;
			forced = false;
		}
		keep();
		var mine = flight = { at: Date.now() };
		function once(fn) {
			return function (x) {
				if (flight === mine)
					fn(x);
			};
		}
		var lost = once(function () { retry(true, 0); });
		setTimeout(lost, TIMEOUT);
		try {
			fetch(data('json'), { method: 'POST', credentials: 'same-origin', cache: 'no-store',
				keepalive: true, body: body_of(pending),
				headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })
			.then(function (reply) {
				return reply.text().then(once(function (text) { answered(reply, text); }));
			}).catch(lost);
		} catch (e) {
			lost();
		}
	}
	function retry(no_network, after_s) {
		flight = null;
		if (no_network && !offline)
			announce(data(store ? 't-offline' : 't-offline-bare'));
		offline = no_network;
		if (submitting && no_network)
			refuse_submit();
		var longest = deadline - Date.now() < 60000 ? 4000 : 30000;
		var wait = Math.min(longest, 1000 * Math.pow(2, ++tries)) * (0.5 + Math.random());
		later(Math.max(wait, after_s * 1000 * (1 + Math.random() / 2)));
		paint();
	}
	function answered(reply, text) {
		var r = null;
		try {
			r = JSON.parse(text);
		} catch (e) { /* no answer of ours */ }
		if (reply.status >= 500 || reply.status === 429 || reply.status === 408) {
			retry(false, +reply.headers.get('Retry-After') || 0);
			return;
		}
		var verdict = r && r.verdict, sent_at = flight.at, sent = pending;
		if (verdict === 'closed') {
			go(data('result'));
		} else if (verdict === 'moved') {
			stop('moved');
		} else if (verdict === 'saved' || verdict === 'conflict') {
			flight = pending = null;
			offline = false;
			tries = 0;
			deadline = sent_at + r.left_ms;
			if (verdict === 'saved')
				saved(r, sent);
			else
				merge(r);
		} else {
			stop('stopped');
		}
	}
	function saved(r, sent) {
		base = { rev: r.rev, a: r.answers, f: r.flags, p: sent.p };
		saved_at = r.saved_at;
		if (r.prediction_wrong && cur.p === sent.p)
			show_prediction(true);
		keep();
		paint();
		if (told && same(cur, base)) {
			announce(say('saved', saved_at));
			told = false;
		}
		if (!same(cur, base))
			later(submitting || over ? 0 : DEBOUNCE);
		else if (submitting)
			post(submitting);
	}
	function merge(r) {
		for (var i = 0; i < n; i++) {
			if (cur.a[i] === base.a[i])
				cur.a = with_char(cur.a, i, r.answers[i]);
			if (cur.f[i] === base.f[i])
				cur.f = with_char(cur.f, i, r.flags[i]);
		}
		var stored = format(r.prediction);
		if (cur.p === base.p && number_of(cur.p) !== r.prediction)
			cur.p = stored;
		base = { rev: r.rev, a: r.answers, f: r.flags,
			 p: number_of(cur.p) === r.prediction ? cur.p : stored };
		lay_out();
		keep();
		paint();
		forced = true;	/* at least for the time of the last save */
		later(Math.random() * 300);
	}
	function touch() {
		var now = Date.now();
		changed_at = changed_at || now;
		keep();
		paint();
		if (!flight && (!pending || !tries))
			later(Math.max(0, Math.min(DEBOUNCE, changed_at + LONGEST_WAIT - now)));
	}

	/* The end of it. */
	function lock() {
		var boxes = form.querySelectorAll('fieldset, button');
		for (var i = 0; i < boxes.length; i++)
			boxes[i].disabled = true;
	}
	function stop(why) {
		stopped = true;
		flight = submitting = null;
		if (why === 'moved')
			lock();
		var box = doc.createElement('div'), link = doc.createElement('a');
		box.className = 'notice notice-bad';
		box.setAttribute('role', 'alert');
		box.textContent = data('t-' + why) + ' ';
		link.href = location.pathname;
		link.textContent = data('t-reload');
		link.className = 'button';
		box.appendChild(link);
		by_id('thanh').appendChild(box);
		paint();
	}
	function go(where) {
		leaving = true;
		lock();
		if (navigator.onLine === false)
			setTimeout(function () { go(where); }, 3000);
		else
			location.replace(where);
	}
	function post(button) {
		if (leaving)
			return;
		leaving = true;
		keep();
		form.setAttribute('action', button.getAttribute('formaction'));
		form.submit();
	}
	function refuse_submit() {
		submitting = null;
		put('da-luu', data('t-no-submit'));
		announce(data('t-no-submit'));
	}
	function on_submit(button) {
		if (prediction_is_wrong()) {
			show_prediction(true);
			field.p.focus();
		} else if (navigator.onLine === false) {
			save();
			refuse_submit();
		} else if (same(cur, base) && !flight) {
			post(button);
		} else {
			submitting = button;
			save();
			/* the form holds everything, should no answer come */
			setTimeout(function () {
				if (submitting)
					post(button);
			}, 8000);
		}
	}
	function tick() {
		var left = Math.max(0, deadline - Date.now()), s = Math.ceil(left / 1000);
		var h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60, bar = by_id('thanh');
		function two(x) { return (x < 10 ? '0' : '') + x; }
		put('con-lai', (h ? h + ':' : '') + two(m) + ':' + two(s % 60));
		bar.classList.toggle('is-late', s <= 300 && s > 60);
		bar.classList.toggle('is-last', s <= 60);
		if (left > 300000)
			five = false;
		else if (!five && (five = true) && s > 240)
			announce(data('t-five'));
		if (left > 60000)
			one = false;
		else if (!one && (one = true) && s > 30)
			announce(data('t-one'));
		if (over || leaving || stopped)
			return;
		if (left <= 3000 && !flight)
			save();
		if (left === 0) {
			over = true;
			lock();
			save();
			put('da-luu', data('t-over'));
			announce(data('t-over'));
			setTimeout(function () { go(data('result')); }, 1500 + Math.random() * 3000);
		}
	}

	/* What the person does. */
	form.addEventListener('click', function (event) {
		var el = event.target, i, now = Date.now();
		if (el.tagName === 'BUTTON' && !stopped) {
			event.preventDefault();
			if (leaving || over)
				return;
			if (el.hasAttribute('formaction')) {
				on_submit(el);
			} else {
				told = forced = true;
				save();
			}
		} else if (el.type === 'radio') {
			i = el.name.slice(1) - 1;
			if (cur.a[i] !== el.value) {
				cur.a = with_char(cur.a, i, el.value);
				cleared_guard[i] = now;
			} else if (now - (cleared_guard[i] || 0) > 700) {	/* no double click */
				el.checked = false;
				cur.a = with_char(cur.a, i, '0');
				announce(say('cleared', i + 1));
			}
			touch();
		} else if (el.type === 'checkbox') {
			i = el.name.slice(1) - 1;
			cur.f = with_char(cur.f, i, el.checked ? '1' : '0');
			touch();
		}
	});
	form.addEventListener('submit', function (event) {
		if (!stopped)
			event.preventDefault();
	});
	if (field.p) {
		field.p.addEventListener('input', function () {
			cur.p = field.p.value;
			show_prediction(false);
			touch();
		});
		field.p.addEventListener('change', function () { show_prediction(prediction_is_wrong()); });
	}
	window.addEventListener('online', function () {
		if (pending || !same(cur, base))
			later(Math.random() * 1000);
	});
	doc.addEventListener('visibilitychange', function () {
		if (doc.hidden)
			hidden_at = Date.now();
		else if (hidden_at && Date.now() - hidden_at > 60000)
			forced = true;	/* asks for the time left */
		save();
	});
	window.addEventListener('pageshow', function (event) {
		if (event.persisted)
			location.reload();
	});
	window.addEventListener('beforeunload', function (event) {
		if (leaving || stopped || same(cur, base))
			return;
		save();
		event.preventDefault();
		event.returnValue = '';
	});
	if (!('scrollMarginTop' in doc.documentElement.style))
		window.addEventListener('hashchange', function () { window.scrollBy(0, -110); });

	base = { rev: +field.rev.value, a: field.base.value, f: field.baseflags.value,
		 p: field.p ? field.p.defaultValue : '' };
	if (base.a.length !== n || base.f.length !== n)
		return;
	cur = copy(base);
	print = fingerprint();
	var from = window.performance && performance.timing ? performance.timing.requestStart : 0;
	if (!(from <= Date.now() && from > Date.now() - 60000))
		from = Date.now();
	deadline = from + +data('left');
	recall();
	lay_out();
	doc.querySelector('.js-only').hidden = false;
	paint();
	tick();
	setInterval(tick, 500);
	if (!same(cur, base))
		later(Math.random() * 1000);
})();
