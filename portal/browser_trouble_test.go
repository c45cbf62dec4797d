package portal

import (
	"strconv"
	"testing/fstest"

	"github.com/chromedp/chromedp"
)

// seeItself opens a drawing that is wider than a phone, and sees the entity.
func seeItself(b *window, _ *world) {
	b.t.Helper()
	b.size(390, 844)
	b.goTo("/catalog/component/default/orders/dependencies")
	b.is("document.querySelector('.graph').scrollWidth > document.querySelector('.graph').clientWidth")
	b.is(`((self, frame) => self.left >= frame.left && self.right <= frame.right)(
		document.querySelector('.graph .self').getBoundingClientRect(), document.querySelector('.graph').getBoundingClientRect())`)
}

// mendFile breaks a file, reads it again, follows its error to the entity, and
// sees it go when the file is mended.
func mendFile(b *window, w *world) {
	b.t.Helper()
	const entity = "/catalog/component/default/label-printer"
	write := func(lines string) {
		w.depot.files["printer/catalog-info.yaml"] = &fstest.MapFile{Data: []byte(printerFile(lines))}
		b.goTo("/admin/locations")
		b.do(chromedp.Click(`//tr[contains(., "/srv/depot")]//button[contains(., "Read again")]`))
		b.at("/admin/locations?notice=refreshed")
		b.goTo(entity)
	}
	write("  lifecycle: production\n")
	b.is("!document.querySelector('.message.warn')")

	// A list that nobody closed: the file says no more which entity it is about.
	write("  lifecycle: [production\n")
	b.goTo("/admin/locations")
	for _, width := range []int64{1280, 820, 500, 390} { // what a location offers to do is seen beside what is wrong with it
		b.size(width, 900)
		b.is("document.querySelector('.problems li')")
		b.is("[...document.querySelectorAll('.table-wrap')].every((t) => t.scrollWidth <= t.clientWidth)")
		b.clear("light", "dark")
	}
	b.size(1280, 900)
	b.goTo(entity)
	b.is("document.querySelector('.message.warn li code')?.textContent === 'printer/catalog-info.yaml:9'")
	b.clear("light", "dark")

	// A value of the wrong kind.
	write("  lifecycle: production\n  providesApis: orders\n")
	b.is("document.querySelector('.message.warn li code')?.textContent === 'printer/catalog-info.yaml:10'")
	b.is("document.querySelector('.message.warn li .hint')?.textContent.trim()")
	b.clear("light", "dark")

	b.goTo("/admin/catalog?owner=warehouse")
	b.is(`[...document.querySelectorAll('.troubles code')].some((c) => c.textContent === 'printer/catalog-info.yaml:10')`)
	b.is(`![...document.querySelectorAll('.troubles code')].some((c) => c.textContent.startsWith(` + strconv.Quote(forkliftFile) + `))`)
	b.do(chromedp.Click(`//div[@class="finding"]//a[text()="component:default/label-printer"]`))
	b.at(entity)

	write("  lifecycle: production\n")
	b.is("!document.querySelector('.message.warn')")
}

// clear checks in each theme that nobody is kept out.
func (b *window) clear(themes ...string) {
	b.t.Helper()
	for _, theme := range themes {
		b.theme(theme)
		eval[chromedp.Void](b, axeSource(b.t))
		b.axe()
	}
}
