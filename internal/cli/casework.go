package cli

import (
	"context"
	"time"
)

// releaseEvery is how often cases are released that nobody works on.
const releaseEvery = 5 * time.Minute

// releaseIdle releases cases that lie idle, now and then.
func (s *site) releaseIdle(ctx context.Context) {
	ticker := time.NewTicker(releaseEvery)
	defer ticker.Stop()
	for {
		s.releaseAllIdle(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (s *site) releaseAllIdle(ctx context.Context) {
	for more := true; more && ctx.Err() == nil; {
		released, further, err := s.server.Desk.ReleaseIdle(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "idle cases were not released", "error", err)
		}
		if released > 0 {
			s.log.InfoContext(ctx, "idle cases were released", "cases", released)
		}
		more = further && err == nil
	}
}

// assessedAtOnce is how many cases are assessed anew before others may write.
const assessedAtOnce = 50

// assessAnew works out anew what lists know of cases that another version of the program
// assessed.
func (s *site) assessAnew(ctx context.Context) {
	said, all := false, 0
	for more := true; more && ctx.Err() == nil; {
		done, further, err := s.store.Reassess(ctx, assessedAtOnce)
		if err != nil {
			if ctx.Err() == nil {
				s.log.ErrorContext(ctx, "cases were not assessed anew", "error", err)
			}
			return
		}
		if done > 0 && !said {
			s.log.InfoContext(ctx, "cases are assessed anew, since another version of the program assessed them")
			said = true
		}
		all, more = all+done, further
	}
	if said {
		s.log.InfoContext(ctx, "cases were assessed anew", "cases", all)
	}
}
