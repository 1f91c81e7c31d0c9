package import Access
package import Values

/// One who follows events from a place on, at his own pace.
///
/// All the feed knows of him is where he stands, and only while he waits.
package struct EventReader: Sendable {
    /// What he takes next.
    package enum Taking: Sendable, Hashable {
        /// Events in order, at least one.
        case events([Event])
        /// Events were missed: what they told has to be read anew. He goes on at the place named.
        case reset(EventReset)
        /// Nothing now.
        case nothing
        /// Nothing ever: the daemon stops.
        case closed
    }

    /// Calls a reader who waits, from outside; he forgets it when nobody holds it any more.
    package final class Bell: Sendable {
        fileprivate let reader: Int
        private let feed: EventFeed

        fileprivate init(_ reader: Int, _ feed: EventFeed) {
            self.reader = reader
            self.feed = feed
        }

        deinit { feed.dismiss(reader) }

        /// Lets the reader's wait, or his next one, end with ``EventReader/Taking/nothing``.
        package func ring() { feed.call(reader) }
    }

    /// What he is told.
    package var filter: EventFilter
    /// Ends his wait.
    package let bell: Bell
    private let feed: EventFeed
    /// The epoch he reads in.
    private var epoch: Int
    /// The number of the last event he has seen or need not see.
    private var seen: Int
    /// Of the events up to this one he may be as far behind as he likes: they were there before him.
    private var known: Int
    private var missed: EventReset?

    /// A reader who begins where `start` says; where that is not possible he is told of a reset first.
    package init(_ feed: EventFeed, _ filter: EventFilter, from start: EventStart) {
        let (reader, epoch, oldest, newest) = feed.admit()
        self.feed = feed
        self.epoch = epoch
        self.filter = filter
        bell = Bell(reader, feed)
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

    /// Where he stands: a reader that begins here misses nothing.
    package var position: EventID { EventID(epoch: epoch, number: seen) }

    /// Whether there is something for him now; he does not take it.
    package var hasMore: Bool {
        var other = self
        return other.take(1) != .nothing
    }

    /// What is there for him now.
    package mutating func take(_ limit: Int) -> Taking {
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

    /// What comes next, after a wait if need be. ``Taking/nothing`` when the bell rang.
    package mutating func next(_ limit: Int) async -> Taking {
        while true {
            let taking = take(limit)
            guard taking == .nothing else { return taking }
            switch await feed.wait(bell.reader, after: seen, filter) {
            case .events(let number): skip(to: number)
            case .called(let number):
                skip(to: number)
                return .nothing
            case .closed: return .closed
            }
        }
    }

    /// What comes next before a time has passed; ``Taking/nothing`` when that is all.
    package mutating func next(_ limit: Int, atMost span: Duration, _ time: any TimeSource) async -> Taking {
        var taking = take(limit)
        let deadline = time.monotonic + span
        guard taking == .nothing, span > .zero else { return taking }
        let bell = bell
        Turn.current?.end()
        await withTaskGroup { group in
            group.addTask {
                await time.sleep(until: deadline)
                bell.ring()
            }
            repeat {
                taking = await next(limit)
            } while taking == .nothing && time.monotonic < deadline
                && !Task.isCancelled
            group.cancelAll()
        }
        return taking
    }

    /// Nothing up to this number is for him: he is not behind because of it.
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

    /// Whether he let more events come than he may, of those meant for him.
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
        /// Events he had not taken are no longer kept.
        case gap
        /// A new term of office numbers its events anew: the daemon was started since, or another node was master.
        case epoch
        /// More happened than a reader may be behind.
        case slow
    }

    /// What came between.
    package let reason: Reason
    /// What happens behind this place he is told.
    package let resumeAt: EventID

    /// The members readers are sent.
    package var value: Value {
        ["reason": .string(reason.rawValue), "resume_at": .string(resumeAt.description)]
    }
}
