/// A promise that was broken.
package enum Violation: Error, Hashable, CustomStringConvertible {
    /// A request was reported as done, and is not in the log.
    case lost(request: Int)
    /// It was reported as done, etcd lost it, and no member said so.
    case lostInSilence(request: Int)
    /// A request was reported as not taken, and is in the log.
    case takenThoughRefused(request: Int)
    /// The log of a generation lacks an entry.
    case gap(generation: Int, index: Int)
    /// A request is in the log twice.
    case twice(request: Int)
    /// An entry was written with two contents.
    case twoContents(generation: Int, index: Int)
    /// Two masters were told that an entry is theirs.
    case twoMasters(generation: Int, index: Int)
    /// Members have different states where the log comes to the same.
    case statesDiffer(index: Int, members: [Int])
    /// A member applied what was not the next.
    case appliedOutOfOrder(member: Int, index: Int)
    /// An entry is of a term before that of the entry before it.
    case termWentBack(index: Int)
    /// A read was older than an answer that was given before it was asked for.
    case staleRead(member: Int, index: Int, acknowledged: Int)
    /// A job has a number that was given out before, or one below.
    case numberAgain(job: Int, index: Int)
    /// A read was told a number that is somebody else's.
    case numberOfAnother(Int)
    /// Two jobs have one idempotency key.
    case keyTwice(String, jobs: [Int])
    /// A client was told of another job than that of its request or its key.
    case otherJob(request: Int, told: Int)
    /// A revision was not made from the one before.
    case revisionOutOfOrder(Int, on: Int, head: Int)
    /// Something did not come right.
    case unrest(String)
    /// The history says what cannot be judged.
    case unjudged(String)

    package var description: String {
        switch self {
        case .lost(let request): "request \(request) was acknowledged and is lost"
        case .lostInSilence(let request): "request \(request) was acknowledged, etcd lost it, and nobody said so"
        case .takenThoughRefused(let request): "request \(request) was reported as not taken, and is in the log"
        case .gap(let generation, let index): "the log of generation \(generation) has no entry \(index)"
        case .twice(let request): "request \(request) is in the log twice"
        case .twoContents(let generation, let index):
            "entry \(index) of generation \(generation) was written with two contents"
        case .twoMasters(let generation, let index):
            "two masters were told that entry \(index) of generation \(generation) is theirs"
        case .statesDiffer(let index, let members): "members \(members) have different states at entry \(index)"
        case .appliedOutOfOrder(let member, let index): "member \(member) applied entry \(index) out of order"
        case .termWentBack(let index): "entry \(index) is of a term before that of the entry before it"
        case .staleRead(let member, let index, let acknowledged):
            "member \(member) answered a read from entry \(index) when entry \(acknowledged) had been acknowledged"
        case .numberAgain(let job, let index): "job \(job) of entry \(index) has a number that is no new one"
        case .numberOfAnother(let number): "a read was told to have had number \(number), which is another's"
        case .keyTwice(let key, let jobs): "jobs \(jobs) have the key '\(key)'"
        case .otherJob(let request, let told): "request \(request) was told to be job \(told), which it is not"
        case .revisionOutOfOrder(let revision, let base, let head):
            "revision \(revision) was made from \(base) when the newest was \(head)"
        case .unrest(let text): "when all was calm again: \(text)"
        case .unjudged(let text): "it cannot be judged: \(text)"
        }
    }

    /// What kind it is, whatever the details.
    package var kind: String { String(describing: self).filter { !$0.isNumber } }
}
