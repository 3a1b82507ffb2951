package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/review"
	"countersign/internal/securityevent"
)

// eventFlags say how long security events are kept.
type eventFlags struct {
	EventDays int `name:"security-events-days" env:"COUNTERSIGN_SECURITY_EVENTS_DAYS" placeholder:"DAYS" default:"400" help:"For how many days security events are kept for auditors. Sign-ins and sign-outs stay in the ledger. The log has them all."`
}

// check returns what is wrong with the flags.
func (f *eventFlags) check() error {
	if f.EventDays < 1 || f.EventDays > maxSealDays {
		return fmt.Errorf("--security-events-days: give a number of days from 1 to %d", maxSealDays)
	}
	return nil
}

// recordingChanges are told when recording stops, with the reason, and when it is resumed,
// without one. Whoever tells them never waits: what nobody took in time is left out.
type recordingChanges chan review.UnreadyReason

func newRecordingChanges() recordingChanges { return make(recordingChanges, 16) }

func (r recordingChanges) tell(reason review.UnreadyReason) {
	select {
	case r <- reason:
	default:
	}
}

// report reports an event of the server itself. Where it cannot be kept, it is on the log.
func (s *site) report(ctx context.Context, e securityevent.Event) {
	if err := s.server.Events.Report(ctx, e); err != nil && !errors.Is(err, review.ErrNotRecorded) {
		s.log.ErrorContext(ctx, "a security event was not kept", "event", string(e.Kind), "error", err)
	}
}

// watchRecording reports when recording stops and when it is resumed, until ctx ends.
func (s *site) watchRecording(ctx context.Context) {
	for {
		select {
		case reason := <-s.recording:
			s.report(ctx, recordingEvent(reason))
		case <-ctx.Done():
			return
		}
	}
}

func recordingEvent(reason review.UnreadyReason) securityevent.Event {
	if reason == "" {
		return securityevent.Event{Kind: securityevent.RecordingBegun, Outcome: securityevent.Success}
	}
	return securityevent.Event{Kind: securityevent.RecordingEnded, Outcome: securityevent.Failure, Reason: securityevent.Reason(reason)}
}

// writeEvents writes what was only counted, and what commands had kept, to the log.
func (s *site) writeEvents(ctx context.Context) {
	if err := s.server.Events.Flush(ctx); err != nil && ctx.Err() == nil {
		s.log.ErrorContext(ctx, "the count of refused requests was not kept", "error", err)
	}
	if s.server.Events.Out == nil || s.store.WhyNotRecording() != "" {
		return
	}
	list, err := s.store.TakeUnwritten(ctx)
	if err == nil {
		err = s.server.Events.Print(list)
	}
	if err != nil && ctx.Err() == nil {
		s.log.ErrorContext(ctx, "security events of commands were not written", "error", err)
	}
}

// sweepEvents removes events whose time is over.
func (s *site) sweepEvents(ctx context.Context) {
	if s.eventDays == 0 {
		return
	}
	if err := s.store.SweepEvents(ctx, time.Now().Add(-time.Duration(s.eventDays)*day)); err != nil && ctx.Err() == nil {
		s.log.ErrorContext(ctx, "old security events were not removed", "error", err)
	}
}

// sweepSessions removes sessions that have ended.
func (s *site) sweepSessions(ctx context.Context) {
	ended, err := s.store.SweepSessions(ctx, time.Now(), s.server.SessionLimits.OrStandard())
	if err != nil && ctx.Err() == nil {
		s.log.ErrorContext(ctx, "ended sessions were not removed", "error", err)
	}
	for _, who := range ended {
		s.report(ctx, securityevent.Event{
			Kind: securityevent.SessionEnded, Outcome: securityevent.Success, Reason: securityevent.EndedByTime,
			Account: who.ID, Role: who.Role, Session: securityevent.SessionDigest(who.Session.Token),
		})
	}
}

// reportCommand has an event kept that a command brought about. It has no log of its own: a
// server writes the line to its log.
func reportCommand(ctx context.Context, s streams, kept securityevent.Keeper, command string, e securityevent.Event) {
	e.Outcome, e.Route = securityevent.Success, "countersign "+command
	log := securityevent.Log{Keep: kept, Now: time.Now}
	if err := log.Report(ctx, e); err != nil {
		fmt.Fprintf(s.err, "It is done, but the security event %s was not kept: %v\n", e.Kind, err)
	}
}

// reportAccount is reportCommand for a command on the account with a name.
func reportAccount(ctx context.Context, s streams, service *account.Service, command, name string, e securityevent.Event) {
	kept, ok := service.Records.(securityevent.Keeper)
	if !ok {
		return
	}
	id, err := service.IDOf(ctx, name)
	if err != nil {
		fmt.Fprintf(s.err, "It is done, but the security event %s was not kept: %v\n", e.Kind, err)
		return
	}
	e.Subject = id
	reportCommand(ctx, s, kept, command, e)
}

// endEvents reports that the server stops, and writes what is left to be written.
func (s *site) endEvents(ctx context.Context) {
	s.writeEvents(ctx)
	for more := true; more; {
		select {
		case reason := <-s.recording:
			s.report(ctx, recordingEvent(reason))
		default:
			more = false
		}
	}
	s.report(ctx, securityevent.Event{Kind: securityevent.ServerStopped, Outcome: securityevent.Success})
	if err := s.server.Events.Close(ctx); err != nil {
		s.log.ErrorContext(ctx, "the count of refused requests was not kept", "error", err)
	}
}
