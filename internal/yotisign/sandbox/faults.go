package sandbox

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	// slowness is longer than any client should wait.
	slowness = 30 * time.Second
	// retryAfter is what 429 asks for, in seconds.
	retryAfter = "30"
	// tooDeep is a nesting that no session result needs.
	tooDeep = 100
	// tooLargeChunks of 64 KiB are 5 MiB.
	tooLargeChunks = 80
)

// faultRecipients lists the recipients that stand for trouble. Where there is a code, it is one
// that Yoti's core IDV service is known to use.
func faultRecipients() []recipient {
	fine := loadPerson("faults/fine.json")
	return []recipient{
		faultRecipient("000000000404", "Not found", "404: there is no session for this recipient.", notFound),
		faultRecipient("000000000401", "Key refused", "401, even for the right API key: as if it had just been revoked.",
			failWith(http.StatusUnauthorized, "BAD_TOKEN", "The API key is missing or was not accepted.")),
		faultRecipient("000000000403", "Not allowed", "403: the key is good but may not read this recipient.",
			failWith(http.StatusForbidden, "INSUFFICIENT_PERMISSION", "The API key may not read this session.")),
		faultRecipient("000000000409", "Not ready", "409: the session exists and has nothing to give yet.",
			failWith(http.StatusConflict, "SESSION_NOT_READY", "The session has no result yet.")),
		faultRecipient("000000000429", "Too many requests", "429 with Retry-After: 30.", tooMany),
		faultRecipient("000000000500", "Server error", "500 with a body that is not JSON.", sendBrokenJSON),
		faultRecipient("000000000503", "Unavailable once", "503 the first time, a fine result every time after.",
			firstThen(failWith(http.StatusServiceUnavailable, "TEMPORARILY_UNAVAILABLE", "The service is not available, please try again."), resultHandler(fine))),
		faultRecipient("000000005107", "Slow", "A fine result, but only after 30 seconds.", answerLate(resultHandler(fine))),
		faultRecipient("000000000302", "Redirect", "302 to the result of another recipient.", redirectToClear),
		faultRecipient("00000000bad1", "Cut short", "JSON that ends in the middle; a report that does, and a reset that gets no answer.", resultHandler(fine[:len(fine)*3/5])).
			withReportAndReset(sendingArchive(zipArchive("report.pdf", string(onePagePDF("Cut short")))[:90]), hangUp),
		faultRecipient("00000000bad2", "A web page", "200 with an HTML page where a result should be.", webPage),
		faultRecipient("00000000bad3", "Two meanings", "The same keys twice, in different case, with opposite values; two reports.", resultHandler(loadPerson("faults/two-meanings.json"))).
			withReportAndReset(sendingArchive(zipArchive("a.pdf", string(onePagePDF("One")), "b.pdf", string(onePagePDF("Another")))), nil),
		faultRecipient("00000000bad4", "Too deep", "Lists nested a hundred deep; a report that points out of its archive.", resultHandler(deepResult())).
			withReportAndReset(sendingArchive(zipArchive("../../evil.pdf", string(onePagePDF("Outside")))), nil),
		faultRecipient("00000000bad5", "Too large", "A valid result of five mebibytes; a report of sixty.", tooLarge).withReportAndReset(sendZipBomb, nil),
		faultRecipient("00000000bad6", "Hostile", "Readable, but a check is a string, types are wrong, texts carry markup, bidirectional controls and paths, and no medium is what it says.", resultHandler(loadPerson("faults/hostile.json"))).
			withReportAndReset(sendingArchive(zipArchive("report.pdf", "<script>alert('report')</script>")), nil).withMedia(hostileMedia),
		faultRecipient("00000000bad9", "Damaged", "Readable, but texts, hits and pictures are damaged in ways that cost no more than themselves; a report that is no archive.", resultHandler(damagedResult())).
			withReportAndReset(damagedReport, nil).withMedia(damagedMedia),
	}
}

// withReportAndReset gives a fault a report, and what answers a reset.
func (r recipient) withReportAndReset(report, reset http.HandlerFunc) recipient {
	r.report, r.reset = report, reset
	return r
}

// withMedia gives a fault media of its own.
func (r recipient) withMedia(media library) recipient {
	r.media = media
	return r
}

func faultRecipient(tail, name, shows string, answer http.HandlerFunc) recipient {
	return recipient{
		Person: Person{ID: "00000000-0000-4000-8000-" + tail, Name: name, Shows: shows, Trouble: true},
		result: answer,
		reset:  answer,
	}
}

func failWith(status int, code, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { sendError(w, status, code, message) }
}

func notFound(w http.ResponseWriter, _ *http.Request) {
	sendError(w, http.StatusNotFound, "SESSION_NOT_FOUND", "There is no session for this recipient.")
}

func tooMany(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", retryAfter)
	sendError(w, http.StatusTooManyRequests, "TOO_MANY_REQUESTS", "Too many requests, please try again later.")
}

func sendBrokenJSON(w http.ResponseWriter, _ *http.Request) {
	sendBody(w, http.StatusInternalServerError, "text/plain; charset=utf-8", []byte("Internal Server Error\n"))
}

// answerLate answers as next does, late, or not at all when the client has gone.
func answerLate(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		wait := time.NewTimer(slowness)
		defer wait.Stop()
		select {
		case <-r.Context().Done():
		case <-wait.C:
			next(w, r)
		}
	}
}

func webPage(w http.ResponseWriter, _ *http.Request) {
	sendBody(w, http.StatusOK, "text/html; charset=utf-8",
		[]byte("<!doctype html>\n<title>Maintenance</title>\n<script>alert('page')</script>\n<h1>We shall be back soon</h1>\n"))
}

// redirectToClear leads to a person who is all clear, so that a client which follows it shows
// one recipient's result as another's.
func redirectToClear(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Location", pathBefore+personID(1)+pathAfter)
	w.WriteHeader(http.StatusFound)
}

func deepResult() []byte {
	return []byte(`{"session_id":"a4d17c52-9e0b-4f63-8b1a-2c5e70d9f386","user_tracking_id":"made-up-too-deep","state":"COMPLETED","resources":` +
		strings.Repeat("[", tooDeep) + strings.Repeat("]", tooDeep) + `,"checks":[]}`)
}

// tooLarge is written in pieces, so its length is not known beforehand.
func tooLarge(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"session_id":"19c6e8b0-74d2-4a5f-9e31-f08b62d7a45c","state":"COMPLETED","checks":[],"user_tracking_id":"made-up-`)
	chunk := strings.Repeat("too-much", 8<<10)
	for range tooLargeChunks {
		if _, err := io.WriteString(w, chunk); err != nil {
			return
		}
	}
	_, _ = io.WriteString(w, `"}`)
}

// hangUp leaves the client without an answer.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// hostileMedia are the media that the hostile result names.
func hostileMedia() map[string]medium {
	const script = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert('svg')"><script>alert('svg')</script></svg>`
	whole, err := mediaFiles.ReadFile("media/live-1.jpg")
	if err != nil {
		panic(err) // embedded when built
	}
	return map[string]medium{
		"8a67639f-7408-4f56-85aa-328f676226e2": mediumOf("image/jpeg", []byte("<!doctype html><script>alert('page')</script>")),
		"6a23e238-e3b1-477f-94c0-11f1bd38f1f3": mediumOf("image/svg+xml", []byte(script)),
		"920fbd01-f400-42e3-bf34-7862554017cd": mediumOf("image/png", []byte(script)),
		"83fd989e-60f2-4040-8362-d53c9efc6d89": mediumOf("image/png", hugePNG()),
		"aa68bfcc-8c92-4344-b161-03485a1c292b": mediumOf("image/jpeg", whole[:len(whole)/2]),
		"01e4fc2d-031c-4188-b221-c25f6aaf76fd": endlessJPEG(whole),
		"6c369aad-6b68-475b-b8e9-9f73f289509d": mediumOf("application/json", []byte(`{"full_name":"ALEX SPECIMEN","Full_Name":"SOMEBODY ELSE"}`)),
		"dc3ebffc-5ccd-4099-8e02-cab83bb43e45": mediumOf("application/json", []byte(`{"fields":`+strings.Repeat("[", tooDeep)+strings.Repeat("]", tooDeep)+`}`)),
		"f9ab2845-ad0f-4d76-9f3d-0201bfe8c26b": mediumOf("application/json", []byte(`{"full_name":{"<b>":["<script>alert(1)</script>"]},"structured_postal_address":7,"date_of_issue":[null,true],"\u202egnp.exe":"\u2066x"}`)),
		"15568b91-26be-473f-acde-3b53f79a8afb": failWith(http.StatusServiceUnavailable, "TEMPORARILY_UNAVAILABLE", "The service is not available, please try again."),
		"701070d2-6d7f-49a7-baff-5cfd4501150b": answerLate(mediumOf("image/jpeg", whole)),
		"8e28d3e1-4be5-4589-8b80-598e7d8a50f5": mediumOf("application/pdf", []byte(`<html><script>alert('file')</script>`)),
	}
}

// hugePNG says that it has 60000 by 60000 pixels, in the bytes of one head.
func hugePNG() []byte {
	const side = 60_000
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), side)
	head = append(binary.BigEndian.AppendUint32(head, side), 8, 2, 0, 0, 0)
	body := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	body = binary.BigEndian.AppendUint32(append(body, head...), crc32.ChecksumIEEE(head))
	return append(body, 0, 0, 0, 0, 'I', 'D', 'A', 'T', 0x35, 0xaf, 0x06, 0x1e)
}

// endlessJPEG begins as a picture and goes on for 25 MiB, in pieces, so its length is
// not known beforehand.
func endlessJPEG(start []byte) medium {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		_, _ = w.Write(start)
		piece := make([]byte, 64<<10)
		for range 400 {
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	}
}
