package import Access
package import Values

/// A reader: follows events from a place on, at its own pace.
///
/// All the feed knows of it is where it stands, and only while it waits.
package struct EventReader: Sendable {
    /// What the reader takes next.
    package enum ReadResult: Sendable, Hashable {
        /// Events in order, at least one.
        case events([Event])
        /// Events were missed: what they told has to be read anew. The reader goes on at the place named.
        case reset(EventReset)
        /// Nothing now.
        case nothing
        /// Nothing ever: the daemon stops.
        case closed
    }

    /// Calls a reader that waits, from outside. The feed forgets the reader when nobody holds the waker any more.
    package final class Waker: Sendable {
        fileprivate let reader: Int
        private let feed: EventFeed

        fileprivate init(_ reader: Int, _ feed: EventFeed) {
            self.reader = reader
            self.feed = feed
        }

        deinit { feed.dismiss(reader) }

        /// Lets the reader's wait, or its next one, end with ``EventReader/ReadResult/nothing``.
        package func wake() { feed.call(reader) }
    }

    /// What the reader is told.
    package var filter: EventFilter
    /// Ends the reader's wait.
    package let waker: Waker
    private let feed: EventFeed
    /// The epoch it reads in.
    private var epoch: Int
    /// The number of the last event it has seen or need not see.
    private var seen: Int
    /// Of the events up to this one it may be as far behind as it likes: they were there before it.
    private var known: Int
    private var missed: EventReset?

    /// A reader that begins where `start` says; where that is not possible it is told of a reset first.
    package init(_ feed: EventFeed, _ filter: EventFilter, from start: EventStart) {
        let (reader, epoch, oldest, newest) = feed.admit()
        self.feed = feed
        self.epoch = epoch
        self.filter = filter
        waker = Waker(reader, feed)
        seen = newest
        known = newest
        switch start {
        case .now: break
        case .oldest: seen = oldest - 1
        case .after(let id) where id.epoch != epoch: missed = reset(.epoch)
        case .after(let id) where id.number < oldest - 1 || id.number > newest: missed = reset(.gap)
        case .after(let id): seen = id.number
        }
    }

    /// Where it stands: a reader that begins here misses nothing.
    package var position: EventID { EventID(epoch: epoch, number: seen) }

    /// Whether there is something for the reader now; it does not take it.
    package var hasMore: Bool {
        var other = self
        return other.take(1) != .nothing
    }

    /// What is there for the reader now.
    package mutating func take(_ limit: Int) -> ReadResult {
        if let reset = missed ?? lapse() {
            missed = nil
            (epoch, seen) = (reset.resumeAt.epoch, reset.resumeAt.number)
            known = seen
            return .reset(reset)
        }
        var events: [Event] = []
        while events.count < limit {
            let stretch = feed.events(after: seen, in: epoch)
            if events.isEmpty, stretch.map({ seen < $0.oldest - 1 }) ?? true {
                missed = reset(stretch == nil ? .epoch : .gap)
                return take(limit)
            }
            guard let stretch, !stretch.events.isEmpty else {
                if stretch?.isClosed == true, events.isEmpty { return .closed }
                break
            }
            collect(stretch.events, into: &events, limit)
        }
        return events.isEmpty ? .nothing : .events(events)
    }

    /// What comes next, after a wait if need be. ``ReadResult/nothing`` when it was woken.
    package mutating func next(_ limit: Int) async -> ReadResult {
        while true {
            let result = take(limit)
            guard result == .nothing else { return result }
            switch await feed.wait(waker.reader, after: seen, filter) {
            case .events(let number): skip(to: number)
            case .called(let number):
                skip(to: number)
                return .nothing
            case .closed: return .closed
            }
        }
    }

    /// What comes next before a time has passed; ``ReadResult/nothing`` when that is all, or when the login of the request
    /// that waits has ended.
    package mutating func next(_ limit: Int, atMost span: Duration, _ time: any TimeSource) async -> ReadResult {
        var result = take(limit)
        let deadline = time.monotonic + span
        guard result == .nothing, span > .zero else { return result }
        let (waker, login) = (waker, RequestLogin.current)
        Turn.current?.end()
        await withTaskGroup { group in
            group.addTask {
                if let login {
                    await login.wait(until: deadline, on: time)
                } else {
                    await time.sleep(until: deadline)
                }
                waker.wake()
            }
            repeat {
                result = await next(limit)
            } while result == .nothing && time.monotonic < deadline
                && !Task.isCancelled && login?.end == nil
            group.cancelAll()
        }
        return result
    }

    /// Nothing up to this number is for the reader: it is not behind because of these events.
    private mutating func skip(to number: Int) {
        seen = max(seen, number)
        known = max(known, number)
    }

    private mutating func collect(_ block: ArraySlice<Event>, into events: inout [Event], _ limit: Int) {
        for event in block {
            if events.count == limit { return }
            seen = event.number
            if filter.admits(event) { events.append(event) }
        }
    }

    /// Whether the reader let more events come than it may, of those meant for it.
    private func lapse() -> EventReset? {
        var number = max(seen, known)
        guard feed.end.number - number > feed.limits.lag else { return nil }
        var behind = 0
        while let stretch = feed.events(after: number, in: epoch) {
            guard let last = stretch.events.last else { return number < stretch.oldest - 1 ? reset(.gap) : nil }
            behind += stretch.events.count { filter.admits($0) }
            if behind > feed.limits.lag { return reset(.slow) }
            number = last.number
        }
        return reset(.epoch)
    }

    private func reset(_ reason: EventReset.Reason) -> EventReset {
        EventReset(reason: reason, resumeAt: feed.end)
    }
}

/// Why a reader has to read the state of things anew.
package struct EventReset: Sendable, Hashable {
    /// What came between.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// Events the reader had not taken are no longer kept.
        case gap
        /// A new term of office numbers its events anew: the daemon was started since, or another node was master.
        case epoch
        /// More happened than a reader may be behind.
        case slow
    }

    /// What came between.
    package let reason: Reason
    /// The reader is told what happens behind this place.
    package let resumeAt: EventID

    /// The members readers are sent.
    package var value: Value {
        ["reason": .string(reason.rawValue), "resume_at": .string(resumeAt.description)]
    }
}
