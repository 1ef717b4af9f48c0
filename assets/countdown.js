/* Counts down to data-countdown, or for data-left ms (docs/design-system.md). Without it the
   text stands as it is. At zero no page asks for anything: all of them would, at once. */
(function () {
	'use strict';
	var list = document.querySelectorAll('.countdown, [data-left]');

	function named(el, name) { return document.getElementById(el.getAttribute('data-' + name)); }

	/* Of a page for everyone, which may be old but is never from the future: then this
	   clock is slow. */
	function until(el) {
		var target = Date.parse(el.getAttribute('data-countdown'));
		var shift = +el.getAttribute('data-shift') || 0;
		var made = +el.getAttribute('data-now') || 0;

		if (Date.now() + shift < made)
			shift = made - Date.now();
		return function () { return target - Date.now() - shift; };
	}
	/* Of a page that was made for this person just now. Either clock may tell: one can
	   be set back, the other stops while the machine sleeps. */
	function wait(el) {
		var left = +el.getAttribute('data-left'), now = Date.now(), ticks = performance.now();
		var age = Math.min(Math.max(now - (performance.timing.responseStart || now), 0), 60000);

		return function () {
			return left - age - Math.max(Date.now() - now, performance.now() - ticks);
		};
	}
	function run(el) {
		var left = el.hasAttribute('data-left') ? wait(el) : until(el);
		var units = (el.getAttribute('data-units') || 'ngày|giờ|phút|giây').split('|');
		var button = named(el, 'button'), over = named(el, 'over'), numbers = [];

		function tick() {
			var ms = left(), s = Math.ceil(Math.max(0, ms) / 1000);
			var values = [Math.floor(s / 86400), Math.floor(s / 3600) % 24,
				      Math.floor(s / 60) % 60, s % 60];
			for (var i = 0; i < 4; i++)
				numbers[i].textContent = values[i];
			if (ms > 0) {
				setTimeout(tick, ms % 1000 || 1000);
				return;
			}
			(named(el, 'before') || el).hidden = true;
			if (over)
				over.hidden = false;
			if (button)
				button.disabled = false;
		}
		el.textContent = '';
		el.className = 'countdown';
		el.setAttribute('role', 'timer');
		for (var i = 0; i < 4; i++) {
			var box = document.createElement('span');
			numbers[i] = document.createElement('b');
			box.appendChild(numbers[i]);
			box.appendChild(document.createTextNode(' ' + units[i]));
			el.appendChild(box);
		}
		if (button)
			button.disabled = true;
		tick();
	}
	for (var i = 0; i < list.length; i++)
		run(list[i]);
})();
