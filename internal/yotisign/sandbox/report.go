package sandbox

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"strings"
)

// onePagePDF is a PDF of one page that says what it is.
func onePagePDF(title string) []byte {
	content := fmt.Sprintf("BT /F1 20 Tf 60 760 Td (%s) Tj 0 -40 Td (SPECIMEN: everything here is made up.) Tj ET", title)
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	places := make([]int, len(objects))
	for i, object := range objects {
		places[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, place := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", place)
	}
	fmt.Fprintf(&b, "trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.Bytes()
}

// zipArchive is a zip of files: name, content, name, content.
func zipArchive(files ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			panic(err) // into memory
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// reportHandler answers with the archive that holds the report on someone.
func reportHandler(name string) http.HandlerFunc {
	return sendingArchive(zipArchive("report.pdf", string(onePagePDF("Report: "+name))))
}

func sendingArchive(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Disposition", `attachment; filename="report.zip"`)
		sendBody(w, http.StatusOK, "application/zip", body)
	}
}

// reportOngoing answers that there is no report yet.
func reportOngoing(w http.ResponseWriter, _ *http.Request) {
	sendError(w, http.StatusConflict, "SESSION_NOT_READY", "The session is ongoing, so no PDF can be made.")
}

// sendZipBomb inflates to more than a report can have.
func sendZipBomb(w http.ResponseWriter, r *http.Request) {
	sendingArchive(zipArchive("report.pdf", "%PDF-1.4\n"+strings.Repeat("\x00", 60<<20)))(w, r)
}
