/// One thing that was seen of a cluster from outside.
///
/// A history is a file of JSON lines, one event each: an object with one member, named as the case, that holds the members of
/// its content; `null` stands for `settled`. Events stand in the order they came about, as far as whoever records can tell; a stored entry
/// stands before what members made of it. Times are milliseconds of one clock. Texts and numbers are compared and not looked into.
///
///     {"asked":{"request":17,"at":1200,"key":"nightly"}}
///     {"stored":{"generation":1,"index":9,"epoch":52,"content":"5c0f…","more":false,"facts":[{"job":5,"request":17,"key":"nightly"}]}}
///     {"appended":{"generation":1,"index":9,"epoch":52,"member":2}}
///     {"applied":{"member":3,"generation":1,"first":9,"index":9,"chain":"5c0f…","state":"91d3…"}}
///     {"answered":{"request":17,"at":1240,"as":"taken","job":5}}
///     {"read":{"member":2,"asked":1300,"generation":1,"index":9,"number":6}}
///     {"settled":null}
package enum HistoryEvent: Sendable, Hashable {
    /// A client asked for something to be done.
    case asked(Asked)
    /// A client was told what became of it.
    case answered(Answered)
    /// A read that was to be fresh was answered.
    case read(FreshRead)
    /// etcd has an entry.
    case stored(StoredEntry)
    /// A master was told that an entry is its own.
    case appended(AppendedEntry)
    /// A member has made a change durable.
    case applied(AppliedChange)
    /// A member has the state of another one in place of its own.
    case adopted(AdoptedState)
    /// A new etcd goes on behind what a member had.
    case founded(FoundedEtcd)
    /// etcd was put back, and may have lost entries.
    case wentBack(LostEntries)
    /// A member told people that etcd does not have what it should.
    case said(Warning)
    /// Everything that was asked has been answered, and every member has everything that was stored. What was before is judged
    /// here, and what it was is forgotten: a long history needs no more memory than the time between two of these.
    case settled
    /// What was wrong when nothing had gone wrong for long enough.
    case unrest(Unrest)
}

/// What a client wants.
package struct Asked: Sendable, Hashable, Codable {
    /// Distinct in a history.
    package var request: Int
    /// When.
    package var at: Int
    /// Under which idempotency key.
    package var key: String?

    /// A request.
    package init(request: Int, at: Int, key: String? = nil) {
        (self.request, self.at, self.key) = (request, at, key)
    }
}

/// What a client was told.
package struct Answered: Sendable, Hashable, Codable {
    /// What became of a request.
    package enum Verdict: String, Sendable, Hashable, Codable {
        /// It is done, and will stay so.
        case taken
        /// It is not done, and never will be.
        case refused
        /// Nobody can say.
        case unknown
    }

    /// To which request.
    package var request: Int
    /// When.
    package var at: Int
    /// What it was told.
    package var `as`: Verdict
    /// The number of the job that was made of it, now or under the same key before.
    package var job: Int?

    /// An answer.
    package init(request: Int, at: Int, as verdict: Verdict, job: Int? = nil) {
        (self.request, self.at, self.as, self.job) = (request, at, verdict, job)
    }
}

/// A read that was to be fresh.
package struct FreshRead: Sendable, Hashable, Codable {
    /// Who answered.
    package var member: Int
    /// When it was asked for.
    package var asked: Int
    /// The newest entry the answer was made from.
    package var generation: Int
    /// Its index.
    package var index: Int
    /// The job number it was told to have had, when nothing is stored under it.
    package var number: Int?

    /// A read that was answered.
    package init(member: Int, asked: Int, generation: Int, index: Int, number: Int? = nil) {
        (self.member, self.asked, self.generation, self.index) = (member, asked, generation, index)
        self.number = number
    }
}
