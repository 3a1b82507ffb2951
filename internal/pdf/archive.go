package pdf

import (
	_ "embed"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// srgb is the profile of the colours on the pages, which are greys: the built-in one of
// Little CMS 2, "No copyright, use freely".
//
//go:embed srgb.icc
var srgb []byte

// producer is what the file says made it.
const producer = "Countersign"

// writeCatalog writes what an archive needs to know of the document, and ends the file.
func (p *printer) writeCatalog(d Document, pages, tree, outline int) []byte {
	title, made := p.title.oneLine(d.Title), d.Made.UTC()
	if title == "" {
		title = "Untitled"
	}
	profile := p.addStream("/N 3", srgb)
	intent := p.addObject("<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) /Info (sRGB IEC61966-2.1) /DestOutputProfile %d 0 R >>", profile)
	metadata := p.addRaw("/Type /Metadata /Subtype /XML", xmpMetadata(title, made))
	stamp := made.Format("D:20060102150405Z")
	info := p.addObject("<< /Title %s /Producer (%s) /CreationDate (%s) /ModDate (%s) >>", textString(title), producer, stamp, stamp)
	outlines := ""
	if outline != 0 {
		outlines = fmt.Sprintf(" /Outlines %d 0 R", outline)
	}
	root := p.addObject("<< /Type /Catalog /Pages %d 0 R /Lang (en-GB) /MarkInfo << /Marked true >> /StructTreeRoot %d 0 R /Metadata %d 0 R /OutputIntents [%d 0 R] /ViewerPreferences << /DisplayDocTitle true >>%s >>",
		pages, tree, metadata, intent, outlines)
	return p.writeTrailer(root, info)
}

// xmpMetadata is the document's description in XMP (ISO 16684-1), which says the same as the
// file's own.
func xmpMetadata(title string, made time.Time) []byte {
	var escaped strings.Builder
	xml.EscapeText(&escaped, []byte(title)) // a builder takes everything
	stamp := made.Format("2006-01-02T15:04:05Z")
	return []byte("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>U</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + escaped.String() + `</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>en-GB</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>` + stamp + `</xmp:CreateDate>
<xmp:ModifyDate>` + stamp + `</xmp:ModifyDate>
<pdf:Producer>` + producer + `</pdf:Producer>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>`)
}

// writeOutline writes the sections' titles for the reader's side bar. It returns the number of
// its object, or 0 if there are no sections.
func (p *printer) writeOutline(sections []outlineItem) int {
	if len(sections) == 0 {
		return 0
	}
	root := p.reserve()
	numbers := make([]int, len(sections))
	for i := range sections {
		numbers[i] = p.reserve()
	}
	for i, section := range sections {
		around := ""
		if i > 0 {
			around += fmt.Sprintf(" /Prev %d 0 R", numbers[i-1])
		}
		if i < len(sections)-1 {
			around += fmt.Sprintf(" /Next %d 0 R", numbers[i+1])
		}
		p.writeObject(numbers[i], "<< /Title %s /Parent %d 0 R /Dest [%d 0 R /XYZ 0 %s null]%s >>",
			textString(section.title), root, section.page, formatNumber(pageHeight-section.y), around)
	}
	p.writeObject(root, "<< /Type /Outlines /Count %d /First %d 0 R /Last %d 0 R >>", len(sections), numbers[0], numbers[len(sections)-1])
	return root
}

// writeTagTree writes the elements of the document, and of which of them each piece of a page is.
// It returns the number of its object.
func (p *printer) writeTagTree(root *element, pages []int) int {
	top := p.reserve()
	root.prune()
	root.walk(func(e *element) { e.object = p.reserve() })
	root.walk(func(e *element) { p.writeElement(e, top, pages) })
	parents := p.reserve()
	var numbers strings.Builder
	for page, owners := range p.owners {
		fmt.Fprintf(&numbers, " %d [", page)
		for i, owner := range owners {
			if i > 0 {
				numbers.WriteByte(' ')
			}
			fmt.Fprintf(&numbers, "%d 0 R", owner.object)
		}
		numbers.WriteByte(']')
	}
	p.writeObject(parents, "<< /Nums [%s ] >>", numbers.String())
	p.writeObject(top, "<< /Type /StructTreeRoot /K [%d 0 R] /ParentTree %d 0 R /ParentTreeNextKey %d >>", root.object, parents, len(p.owners))
	return top
}

func (p *printer) writeElement(e *element, top int, pages []int) {
	parent := top
	if e.parent != nil {
		parent = e.parent.object
	}
	var rest strings.Builder
	if e.scope != "" {
		fmt.Fprintf(&rest, " /A << /O /Table /Scope /%s >>", e.scope)
	}
	switch {
	case len(e.kids) > 0:
		rest.WriteString(" /K [")
		for i, kid := range e.kids {
			if i > 0 {
				rest.WriteByte(' ')
			}
			fmt.Fprintf(&rest, "%d 0 R", kid.object)
		}
		rest.WriteByte(']')
	case len(e.shown) > 0:
		first := e.shown[0].page
		fmt.Fprintf(&rest, " /Pg %d 0 R /K [", pages[first])
		for i, s := range e.shown {
			if i > 0 {
				rest.WriteByte(' ')
			}
			if s.page == first {
				fmt.Fprint(&rest, s.number)
				continue
			}
			fmt.Fprintf(&rest, "<< /Type /MCR /Pg %d 0 R /MCID %d >>", pages[s.page], s.number)
		}
		rest.WriteByte(']')
	}
	p.writeObject(e.object, "<< /Type /StructElem /S /%s /P %d 0 R%s >>", e.kind, parent, rest.String())
}
