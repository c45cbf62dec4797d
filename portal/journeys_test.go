package portal

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// journeys are what people come for, by mouse and by keyboard alone.
func journeys(t *testing.T, b chromium) {
	t.Helper()
	for _, journey := range []struct {
		name string
		run  func(b *window, w *world)
	}{
		{"find a service with the palette, by keyboard", findByKeyboard},
		{"find a service by typing into the filter", filterCatalog},
		{"create a service and watch it, by mouse", createByMouse},
		{"create a service by keyboard, corrected on the way", createByKeyboard},
		{"watch a run until it ends", watchRun},
		{"read a failed verification and ask the gate", readFailure},
		{"go places by keys, and switch them off", goByKeys},
		{"choose a theme", chooseTheme},
		{"see an entity among its relations on a phone", seeItself},
		{"mend a file by what the entity's page says", mendFile},
	} {
		t.Run(journey.name, func(t *testing.T) {
			w := newWorld(t, fullWorld)
			tab := b.open(t, serveWorld(t, w))
			tab.size(1280, 900)
			tab.theme("light")
			journey.run(tab, w)
			tab.clean()
		})
	}
}

func findByKeyboard(b *window, _ *world) {
	b.t.Helper()
	b.goTo("/")
	b.keys("k", chromedp.KeyModifiers(kb.ModifierCtrl))
	b.is("document.querySelector('#palette').open")
	b.is("document.querySelector('#palette-list [role=option]')")
	b.keys("inventory")
	b.is("document.querySelector('#palette-list [aria-selected=true] .title')?.textContent === 'inventory'")
	eval[chromedp.Void](b, axeSource(b.t))
	b.axe()
	if id := eval[string](b, "document.activeElement.getAttribute('aria-activedescendant')"); id != "palette-0" {
		b.t.Errorf("the active option is %q", id)
	}
	b.keys(kb.Enter)
	b.at("/catalog/component/default/inventory")
	b.keys("k", chromedp.KeyModifiers(kb.ModifierCtrl))
	b.is("document.querySelector('#palette-list .group')?.textContent === 'Recent'")
	b.keys("zzzz")
	b.is("!document.querySelector('#palette .none').hidden")
	b.keys(kb.Escape)
	b.is("!document.querySelector('#palette').open")
}

func filterCatalog(b *window, _ *world) {
	b.t.Helper()
	b.goTo("/catalog")
	if hidden := eval[int](b, "document.querySelector('#results .table-wrap').scrollWidth - document.querySelector('#results .table-wrap').clientWidth"); hidden > 0 {
		b.t.Errorf("%d pixels of the table are out of sight", hidden)
	}
	b.keys("/")
	b.is("document.activeElement.id === 'q'")
	// The browser would not type the key that was taken; this way of sending keys does.
	eval[chromedp.Void](b, "document.activeElement.value = ''")
	b.keys("inven")
	b.is("document.querySelectorAll('#results tbody tr').length === 2")
	b.is("location.search.includes('q=inven')")
	if focused := eval[string](b, "document.activeElement.id"); focused != "q" {
		b.t.Errorf("the focus went to %q", focused)
	}
	b.do(chromedp.Reload())
	b.is("document.querySelectorAll('#results tbody tr').length === 2")
	b.is("document.querySelector('#q').value === 'inven'")
}

func createByMouse(b *window, w *world) {
	b.t.Helper()
	b.goTo("/create")
	b.do(chromedp.Click(chromedp.CSS(".card h2 a")))
	b.at("/create/go-http")
	b.do(chromedp.SendKeys(chromedp.CSS("#f-name"), "billing"), chromedp.SendKeys(chromedp.CSS("#f-owner"), "checkout"))
	b.is("document.querySelector('[data-verdict]').textContent.startsWith('Everything fits')")
	if command := eval[string](b, "document.querySelector('[data-terminal]').textContent"); command != "platform new service billing --owner checkout --path go-http --pack cache" {
		b.t.Errorf("the command is %q", command)
	}
	b.do(chromedp.Click(chromedp.CSS("form[data-create] .primary")))
	b.at("/create/go-http/preview")
	b.do(chromedp.Click(chromedp.CSS(`.tree a[href="#file-cmd~server~main.go"]`)))
	b.is("document.getElementById('file-cmd~server~main.go').checkVisibility() && !document.getElementById('file-README.md').checkVisibility()")
	b.is("document.querySelector('.tree [aria-current]').textContent === 'main.go'")
	b.do(chromedp.Click(chromedp.CSS(".actions .primary")))
	b.at("/runs/0190bbbb")
	b.is("document.querySelector('#run-line').textContent === 'Live'")
	for range worldSteps {
		w.runs.advance()
	}
	b.is("document.querySelector('#run-line').textContent === 'Finished'")
	b.is("document.querySelector('.next h2').textContent.startsWith('billing exists')")
}

func createByKeyboard(b *window, _ *world) {
	b.t.Helper()
	b.goTo("/create/go-http")
	b.do(chromedp.Focus(chromedp.CSS("#f-name")))
	b.keys("taken" + kb.Tab + "checkout" + kb.Tab)
	b.is("document.querySelector('#f-name').getAttribute('aria-invalid') === 'true'")
	b.is("document.querySelector('#f-name-error').textContent.includes('taken by')")
	b.do(chromedp.Focus(chromedp.CSS("#f-name")))
	b.keys(kb.Enter)
	b.is("document.querySelector('.message.no')?.textContent.includes('is taken')")
	b.is("document.activeElement.id === 'f-name' && document.activeElement.value === 'taken'")
	eval[chromedp.Void](b, "document.activeElement.select()")
	b.keys("billing")
	b.is("document.querySelector('#f-name').getAttribute('aria-invalid') === null")
	b.keys(kb.Enter)
	b.at("/create/go-http/preview?")
	b.is("document.querySelector('h1').textContent === 'Preview of billing'")
}

func watchRun(b *window, w *world) {
	b.t.Helper()
	b.goTo("/runs/" + runLive)
	b.is("document.querySelector('#run-line').textContent === 'Live'")
	before := eval[int](b, "document.querySelectorAll('#run-log li').length")
	w.runs.advance()
	b.is("document.title.startsWith('(3/5)')")
	b.is("document.querySelectorAll('#run-steps .yes').length === 3")
	if after := eval[int](b, "document.querySelectorAll('#run-log li').length"); after <= before {
		b.t.Errorf("the log has %d lines after %d", after, before)
	}
	if text := eval[string](b, "document.querySelector('#run-log li:last-child .text').textContent"); text != "Make the repository: done <b>&amp;</b>" {
		b.t.Errorf("the log reads %q", text)
	}
	for range worldSteps {
		w.runs.advance()
	}
	b.is("document.title.startsWith('✓')")
	b.is("document.querySelector('.next')")
	b.is("document.querySelectorAll('#run-steps .yes').length === 5")
}

func readFailure(b *window, _ *world) {
	b.t.Helper()
	b.goTo("/")
	b.do(chromedp.Click(chromedp.CSS("table a.row-link")))
	b.at("/contracts/orders/inventory")
	b.is("document.querySelector('.mismatches').checkVisibility()")
	b.do(chromedp.Click(chromedp.CSS(".gate button")))
	b.at("/contracts/orders/inventory?service=orders")
	b.is("document.querySelector('.answer .badge').textContent === 'Blocked'")
	b.is("document.querySelector('.reasons .command')")
	b.is("document.querySelector('.reasons .bullets li').offsetHeight < 30") // a short name is one line
}

func goByKeys(b *window, _ *world) {
	b.t.Helper()
	b.goTo("/")
	b.keys("gc")
	b.at("/catalog")
	b.keys("jj")
	first := eval[string](b, "document.activeElement.textContent")
	b.keys("k")
	if second := eval[string](b, "document.activeElement.textContent"); second == first || second == "" {
		b.t.Errorf("k stays at %q", second)
	}
	b.keys("?")
	b.is("document.querySelector('#keys').open")
	b.keys(kb.Escape)
	b.do(chromedp.Click(chromedp.CSS(".menu > summary")), chromedp.Click(chromedp.CSS("[name=shortcuts][value=off]")))
	b.is("document.documentElement.dataset.shortcuts === 'off'")
	b.keys(kb.Escape)
	b.keys("gr")
	b.do(chromedp.Reload())
	b.is("location.pathname === '/catalog' && document.documentElement.dataset.shortcuts === 'off'")
}

func chooseTheme(b *window, _ *world) {
	b.t.Helper()
	b.goTo("/runs")
	b.do(chromedp.Click(chromedp.CSS(".menu > summary")), chromedp.Click(chromedp.CSS("[name=theme][value=dark]")))
	b.is("document.documentElement.dataset.theme === 'dark'")
	const colour = "getComputedStyle(document.documentElement).backgroundColor"
	b.is(colour + " === 'rgb(16, 18, 23)'")
	b.goTo("/catalog")
	b.is(colour + " === 'rgb(16, 18, 23)'")
	if pressed := eval[string](b, "document.querySelector('[name=theme][aria-pressed=true]').value"); pressed != "dark" {
		b.t.Errorf("the menu says %s", pressed)
	}
}
