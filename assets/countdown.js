/* Counts down to data-countdown (docs/design-system.md). Without it the text stands as it is. */
(function () {
	'use strict';
	var list = document.querySelectorAll('[data-countdown]');

	function run(el) {
		var target = Date.parse(el.getAttribute('data-countdown'));
		var units = (el.getAttribute('data-units') || 'ngày|giờ|phút|giây').split('|');
		var shift = +el.getAttribute('data-shift') || 0;
		var made = +el.getAttribute('data-now') || 0;
		var numbers = [], going;

		/* A page may be old but is never from the future: then this clock is slow. */
		if (Date.now() + shift < made)
			shift = made - Date.now();
		function left() { return Math.ceil((target - Date.now() - shift) / 1000); }
		function show(s) {
			var values = [Math.floor(s / 86400), Math.floor(s / 3600) % 24,
				      Math.floor(s / 60) % 60, s % 60];
			for (var i = 0; i < 4; i++)
				numbers[i].textContent = values[i];
		}
		function tick() {
			var s = left();
			show(Math.max(0, s));
			if (s > 0)
				return;
			clearInterval(going);
			setTimeout(function () { location.reload(); }, Math.random() * 10000);
		}
		if (!(left() > 0)) {
			if (left() > -600)	/* this clock is fast: the page will change soon */
				setTimeout(function () { location.reload(); }, 30000 + Math.random() * 30000);
			return;
		}
		el.textContent = '';
		el.setAttribute('role', 'timer');
		for (var i = 0; i < 4; i++) {
			var box = document.createElement('span');
			numbers[i] = document.createElement('b');
			box.appendChild(numbers[i]);
			box.appendChild(document.createTextNode(' ' + units[i]));
			el.appendChild(box);
		}
		tick();
		going = setInterval(tick, 1000);
	}
	for (var i = 0; i < list.length; i++)
		run(list[i]);
})();
