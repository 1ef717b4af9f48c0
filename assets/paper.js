/* Adds to views/paper.html: clock, background saves, a journal on this machine. Without it the
   form's own buttons do everything. ES5. */
(function () {
'use strict';
var doc = document, form = id('paper'), done = doc.querySelector('[data-paper-done]'), store;

try {
	store = window.localStorage;
	if (done)
		store.removeItem('hoithi:' + done.getAttribute('data-paper-done'));
} catch (e) { /* no journal then */ }
if (!form || !window.fetch)
	return;

var field = form.elements, p = field.p, n = +data('n'), key = 'hoithi:' + data('key');
var bar = id('thanh'), links = form.querySelectorAll('#luoi a'), now = Date.now, painted = [];
var base = { rev: +field.rev.value, a: field.base.value, f: field.baseflags.value,
	     p: p ? p.defaultValue : '' };	/* what is stored: answers, flags, prediction */
var cur = { a: base.a, f: base.f, p: base.p };	/* what is shown */
var print = fingerprint(), saved_at = data('saved-at');
var pending;	/* the save not yet answered: sent again as it is */
var flight, timer, submitting;
var tries = 0, hidden_at = 0, chosen_at = [];
var forced, told, offline, not_sent, stopped, over, leaving, level;
var asked_at = window.performance && performance.timing && performance.timing.requestStart;
var deadline = Math.max(asked_at || now(), now() - 60000) + +data('left');

function id(name) { return doc.getElementById(name); }
function data(name) { return form.getAttribute('data-' + name); }
function words(name, value) {
	return id('thong-bao').getAttribute('data-' + name).replace('%s', value);
}
function lost_words() { return words(store ? 'offline' : 'bare'); }
function put(name, text) {
	if (id(name).textContent !== String(text))
		id(name).textContent = text;
}
function announce(text) {
	put('thong-bao', '');
	setTimeout(put, 50, 'thong-bao', text);
}
function tell(name) {
	put('da-luu', words(name));
	announce(words(name));
}
function clean() { return cur.a === base.a && cur.f === base.f && cur.p === base.p; }
function set(what, i, c) { cur[what] = cur[what].slice(0, i) + c + cur[what].slice(i + 1); }
function random() {
	var r = [Math.random() * 4294967296, Math.random() * 4294967296];
	if (window.crypto)
		r = crypto.getRandomValues(new Uint32Array(2));
	return String((r[0] >>> 11) * 4294967296 + (r[1] >>> 0));
}

/* Predictions as rules/score.h reads them, and "1.200". */
function number(typed) {
	var text = typed.trim(), value = +text.replace(/\D/g, '');
	return /^(\d+|[1-9]\d{0,2}([., \u00a0\u202f])\d{3}(\2\d{3})*)$/.test(text) &&
		value <= 9999999 ? value : -1;
}
function format(value) {
	return value < 0 ? '' : String(value).replace(/\B(?=(\d{3})+$)/g, '.');
}
function wrong() { return p && cur.p.trim() && number(cur.p) < 0; }
function show_prediction(is_wrong) {
	put('du-doan-hieu', number(cur.p) < 0 ? '' : words('read', format(number(cur.p))));
	put('du-doan-loi', is_wrong ? words('wrong') : '');
	id('du-doan-loi').hidden = !is_wrong;
	p.setAttribute('aria-invalid', !!is_wrong);
}

function lay_out() {
	for (var i = 0; i < n; i++) {
		for (var k = 0; k < 4; k++)
			field['a' + (i + 1)][k].checked = cur.a[i] === String(k + 1);
		field['f' + (i + 1)].checked = cur.f[i] === '1';
	}
	if (p) {
		p.value = cur.p;
		if (id('du-doan-loi').hidden)
			show_prediction(wrong());
	}
}
function paint() {
	var answered = 0, unsaved = cur.p === base.p ? 0 : 1;
	for (var i = 0; i < n; i++) {
		var names = '', said = '';
		function mark(name) {
			names += ' is-' + name;
			said += ' ' + words(name);
			return 1;
		}
		if (cur.a[i] !== '0')
			answered += mark('answered');
		if (cur.f[i] === '1')
			mark('flagged');
		if (cur.a[i] !== base.a[i] || cur.f[i] !== base.f[i])
			unsaved += mark('unsaved');
		if (painted[i] !== names) {
			painted[i] = links[i].className = names;
			(links[i].lastElementChild || links[i].appendChild(doc.createElement('span'))).textContent = said;
		}
	}
	field.rev.value = base.rev;	/* so that the form's own buttons post what they stand for */
	field.base.value = base.a;
	field.baseflags.value = base.f;
	field.basep.value = base.p === '' ? -1 : number(base.p);
	field.no.value = random();
	put('da-tra-loi', answered);
	bar.classList.toggle('is-offline', !!(offline && unsaved));
	if (stopped)
		return;
	if (not_sent)
		put('da-luu', words('unsent'));
	else if (unsaved)
		put('da-luu', offline ? lost_words() : words('count', unsaved));
	else if (saved_at)
		put('da-luu', words('saved', saved_at));
}

/* The journal. The fingerprint keeps it from another person's paper on this machine. */
function fingerprint() {
	var parts = form.querySelectorAll('legend + div, fieldset > label:not(.flag)'), text = '', h = 5381;
	for (var i = 0; i < parts.length; i++)
		text += parts[i].textContent;
	for (i = 0; i < text.length; i++)
		h = Math.imul(h, 33) ^ text.charCodeAt(i);
	return h + '.' + text.length;
}
function keep() {
	try {
		store.setItem(key, JSON.stringify({ print: print, base: base, cur: cur, sent: pending }));
	} catch (e) {
		store = null;
	}
}
function recall() {
	var j, was, sent;
	try {
		j = JSON.parse(store.getItem(key));
	} catch (e) { /* none */ }
	if (!j || j.print !== print)
		return;
	if (j.base.rev > base.rev) {	/* this page is an old copy */
		base = j.base;
		cur = j.cur;
		return;
	}
	sent = j.sent || j.base;
	was = sent.a === base.a && sent.f === base.f ? sent : j.base;	/* its answer was lost */
	/* The journal is newer where the stored item is one it knew. */
	function lay(what, i) {
		var mine = j.cur[what][i], stored = base[what][i];
		if (mine !== was[what][i] && (stored === was[what][i] || stored === sent[what][i]))
			set(what, i, mine);
	}
	for (var i = 0; i < n; i++) {
		lay('a', i);
		lay('f', i);
	}
	if (j.cur.p !== was.p && number(base.p) === number(was.p))
		cur.p = j.cur.p;
}

/* Saving: one at a time. */
function later(ms) {
	clearTimeout(timer);
	timer = setTimeout(save, ms);
}
function body() {
	var text = '_token=' + encodeURIComponent(field._token.value) + '&rev=' + pending.rev +
		'&no=' + pending.no + '&base=' + pending.base + '&baseflags=' + pending.baseflags;
	for (var i = 0; i < n; i++)
		text += '&a' + (i + 1) + '=' + pending.a[i] +
			(pending.f[i] === '1' ? '&f' + (i + 1) + '=1' : '');
	return text + (p ? '&p=' + encodeURIComponent(pending.p) : '');
}
function save() {
	clearTimeout(timer);
	timer = 0;
	if (flight || stopped || leaving || (!pending && !forced && clean()))
		return;
	if (!pending) {
		pending = { no: random(), rev: base.rev, base: base.a, baseflags: base.f,
			    a: cur.a, f: cur.f, p: cur.p };
		forced = false;
	}
	keep();
	var mine = flight = { at: now() };
	function lost() {
		if (flight === mine)
			retry(true, 0);
	}
	setTimeout(lost, 20000);
	fetch(data('json'), { method: 'POST', credentials: 'same-origin', keepalive: true,
		body: body(), headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })
	.then(function (reply) {
		return reply.text().then(function (text) {
			if (flight === mine)
				answer(reply, text);
		});
	}).catch(lost);
}
function retry(no_network, after_s) {
	flight = null;
	if (no_network && !offline)
		announce(lost_words());
	offline = no_network;
	paint();
	if (submitting && offline)
		unsent();
	var longest = deadline - now() < 60000 ? 4000 : 30000;
	later(Math.max(after_s * 1500, Math.min(longest, 1000 << ++tries % 16)) * (0.7 + Math.random()));
}
function answer(reply, text) {
	var r = {}, sent = pending, status = reply.status;
	if (status >= 500 || status === 429 || status === 408) {
		retry(false, +reply.headers.get('Retry-After') || 0);
		return;
	}
	try {
		r = JSON.parse(text);
	} catch (e) { /* signed out, perhaps */ }
	if (r.verdict === 'closed') {
		go();
	} else if (r.verdict !== 'saved' && r.verdict !== 'conflict') {
		stop(r.verdict === 'moved' ? 'moved' : 'stopped');
	} else {
		deadline = flight.at + r.left_ms;
		flight = pending = null;
		offline = not_sent = false;
		tries = 0;
		if (r.verdict === 'saved')
			saved(r, sent);
		else
			merge(r);
	}
}
function saved(r, sent) {
	base = { rev: r.rev, a: r.answers, f: r.flags, p: sent.p };
	saved_at = r.saved_at;
	if (r.prediction_wrong && cur.p === sent.p)
		show_prediction(true);
	keep();
	paint();
	if (!clean()) {
		later(submitting || over ? 0 : 1000);
		return;
	}
	if (told)
		announce(words('saved', saved_at));
	told = false;
	if (submitting)
		post();
}
function merge(r) {
	for (var i = 0; i < n; i++) {
		if (cur.a[i] === base.a[i])
			set('a', i, r.answers[i]);
		if (cur.f[i] === base.f[i])
			set('f', i, r.flags[i]);
	}
	if (cur.p === base.p && number(cur.p) !== r.prediction)
		cur.p = format(r.prediction);
	base = { rev: r.rev, a: r.answers, f: r.flags,
		 p: number(cur.p) === r.prediction ? cur.p : format(r.prediction) };
	lay_out();
	keep();
	paint();
	forced = true;
	later(Math.random() * 300);
}
function touch() {
	keep();
	paint();
	if (!flight && !timer)
		later(1000);
}

/* The end. */
function lock() {
	var parts = form.querySelectorAll('fieldset, button');
	for (var i = 0; i < parts.length; i++)
		parts[i].disabled = true;
}
function stop(why) {
	var link = doc.createElement('a');
	stopped = true;
	flight = submitting = null;
	if (why === 'moved')
		lock();
	bar.className += ' is-stopped';
	tell(why);
	link.href = location.pathname;
	link.textContent = words('reload');
	id('da-luu').appendChild(link);
}
function go() {
	leaving = true;
	lock();
	if (navigator.onLine === false)
		setTimeout(go, 3000);
	else
		location.replace(data('result'));
}
function post() {
	if (submitting && !leaving) {
		leaving = true;
		form.action = submitting.formAction;
		form.submit();
	}
}
function unsent() {
	submitting = null;
	not_sent = true;
	tell('unsent');
}
function submit(button) {
	if (wrong()) {
		show_prediction(true);
		p.focus();
		return;
	}
	submitting = button;
	if (navigator.onLine === false)
		unsent();
	else if (clean() && !flight)
		post();
	save();
	setTimeout(post, 8000);	/* the form holds everything, should no answer come */
}
function tick() {
	var left = Math.max(0, deadline - now()), s = Math.ceil(left / 1000), h = s / 3600 | 0;
	put('con-lai', (h ? h + ':' : '') + ('0' + (s / 60 | 0) % 60).slice(-2) + ':' +
	    ('0' + s % 60).slice(-2));
	var was = level;
	level = s > 300 ? '' : s > 60 ? 'five' : 'one';
	bar.classList.toggle('is-late', level > '');
	bar.classList.toggle('is-last', s <= 60);
	if (level && was !== level && s > (s > 60 ? 285 : 45))
		announce(words(level));
	if (over || leaving || stopped)
		return;
	if (left <= 3000 && !tries)
		save();
	if (!left) {
		over = true;
		lock();
		tell('over');
		setTimeout(go, 1500 + Math.random() * 3000);
	}
}

form.addEventListener('click', function (event) {
	var el = event.target, i = el.name ? el.name.slice(1) - 1 : 0;
	if (el.tagName === 'BUTTON' && !stopped) {
		event.preventDefault();
		if (el.hasAttribute('formaction')) {
			submit(el);
		} else {
			told = forced = true;
			save();
		}
	} else if (el.type === 'radio') {
		if (cur.a[i] !== el.value) {
			set('a', i, el.value);
			chosen_at[i] = now();
		} else if (!(now() - chosen_at[i] < 700)) {	/* a double click clears nothing */
			el.checked = false;
			set('a', i, 0);
			announce(words('cleared', i + 1));
		}
		touch();
	} else if (el.type === 'checkbox') {
		set('f', i, el.checked ? '1' : '0');
		touch();
	}
});
if (p) {
	p.addEventListener('input', function () {
		cur.p = p.value;
		show_prediction(false);
		touch();
	});
	/* not at once: a message that moves the button under the pointer loses the press */
	p.addEventListener('change', function () { setTimeout(function () { show_prediction(wrong()); }, 300); });
}
addEventListener('online', function () { later(Math.random() * 1000); });
doc.addEventListener('visibilitychange', function () {
	if (doc.hidden)
		hidden_at = now();
	else if (now() - hidden_at > 60000)
		forced = true;	/* asks for the time left */
	save();
});
addEventListener('pageshow', function (event) { return event.persisted && location.reload(); });
addEventListener('beforeunload', function (event) {
	if (!leaving && !stopped && !clean()) {
		save();
		event.returnValue = '';
		event.preventDefault();
	}
});

doc.querySelector('.js-only').hidden = false;
recall();
lay_out();
paint();
tick();
setInterval(tick, 500);
if (!clean())
	later(Math.random() * 1000);
})();
