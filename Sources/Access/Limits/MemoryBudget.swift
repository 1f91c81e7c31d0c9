/// Whose memory a request takes.
package enum MemoryOwner: Sendable, Hashable {
    /// A user who is logged in, by name.
    case user(String)
    /// All who are not, together.
    case strangers

    /// - Parameter principal: Who is logged in, if somebody is.
    package init(_ principal: Principal?) {
        self = principal.map { MemoryOwner.user($0.name) } ?? .strangers
    }
}

/// How much memory bodies of requests may have.
package struct MemoryLimits: Sendable, Hashable {
    /// The most that one body may take, in bytes. Default 64 MiB: no body that is read takes more.
    package var body = 64 << 20

    /// Bytes for all. Default 256 MiB; less than ``body`` counts as that.
    package var total = 256 << 20

    /// What takes no more is not counted, and waits for nobody. Default 512 KiB.
    package var free = 512 << 10

    /// Requests of one user that stand in line; one more is refused. Default 128.
    package var inLine = 128

    /// How long a request stands in line, all its waits together. Default 60 s.
    package var patience = Duration.seconds(60)

    /// The defaults.
    package init() {}

    /// Bytes that bodies of one user may have together: a tenth of all, and as much as the largest body.
    var share: Int { max(total / 10, body) }
}

/// Which request may have memory for its body next; pure, it knows numbers only.
///
/// A request that has some and wants more as its body arrives could wait for one that waits for it. So nothing is given
/// after which no order is left in which all that have some get the most they may need (the banker's algorithm).
struct MemoryBudget {
    /// What became of a wish.
    enum Answer: Hashable {
        /// It is fulfilled.
        case given
        /// It stands in line.
        case inLine
        /// As much of the user stands in line as may.
        case full
    }

    private struct Request {
        let owner: MemoryOwner
        var held = 0
        /// The most it may come to hold.
        var most = 0
        /// What it waits to hold.
        var wanted: Int?
    }

    private let limits: MemoryLimits
    private var requests: [UInt64: Request] = [:]
    /// Those that have nothing yet and wait, in the order they came.
    private var lines: [MemoryOwner: [UInt64]] = [:]
    /// Those who have a line; each gives way after one of theirs.
    private var rotation: [MemoryOwner] = []
    /// Those that have some and wait for more, in the order they asked.
    private var growing: [UInt64] = []
    private var last: UInt64 = 0

    /// Nobody has anything.
    init(_ limits: MemoryLimits) {
        var limits = limits
        limits.total = max(limits.total, limits.body)
        self.limits = limits
    }

    /// Bytes that are given out.
    var held: Int { requests.values.reduce(0) { $0 + $1.held } }

    /// Requests that wait.
    var waiting: Int { growing.count + lines.values.reduce(0) { $0 + $1.count } }

    /// A request that has nothing yet.
    mutating func enter(_ owner: MemoryOwner) -> UInt64 {
        last &+= 1
        requests[last] = Request(owner: owner)
        return last
    }

    /// Asks for a request to hold so many bytes in all; it may not wait for anything already.
    ///
    /// - Parameter most: How many bytes it may want in the end.
    mutating func want(_ number: UInt64, _ bytes: Int, most: Int) -> Answer {
        guard var request = requests[number], request.wanted == nil else { return .full }
        let wanted = min(bytes, limits.body)
        guard wanted > request.held else { return .given }
        request.most = min(max(most, wanted), limits.body)
        request.wanted = wanted
        requests[number] = request
        if request.held > 0 {
            growing.append(number)
        } else {
            guard lines[request.owner]?.count ?? 0 < limits.inLine else {
                requests[number]?.wanted = nil
                return .full
            }
            if lines[request.owner] == nil { rotation.append(request.owner) }
            lines[request.owner, default: []].append(number)
        }
        return .inLine
    }

    /// A request needs no more than this from now on, and gives the rest back.
    mutating func settle(_ number: UInt64, at bytes: Int) {
        guard let request = requests[number] else { return }
        requests[number]?.held = min(request.held, max(0, bytes))
        requests[number]?.most = min(request.held, max(0, bytes))
    }

    /// A request waits no longer; what it has it keeps.
    mutating func abandon(_ number: UInt64) {
        guard let request = requests[number], request.wanted != nil else { return }
        requests[number]?.wanted = nil
        if let place = growing.firstIndex(of: number) {
            growing.remove(at: place)
        } else {
            takeOut(number, of: request.owner)
        }
    }

    /// Forgets a request, and what it had is there for others.
    mutating func leave(_ number: UInt64) {
        abandon(number)
        requests[number] = nil
    }

    /// Gives what can be given; the requests that have what they waited for.
    mutating func grant() -> [UInt64] {
        var granted: [UInt64] = []
        for number in growing where isSafe(toGive: number, among: nil) {
            if isSafe(toGive: number, among: requests[number]?.owner) { granted.append(give(number)) }
        }
        growing.removeAll(where: granted.contains)
        // Users whose own share is taken let others pass; where all is taken, nobody passes who came later.
        var passed = 0
        while passed < rotation.count {
            let owner = rotation[passed]
            guard let number = lines[owner]?.first, isSafe(toGive: number, among: owner) else {
                passed += 1
                continue
            }
            guard isSafe(toGive: number, among: nil) else { break }
            granted.append(give(number))
            takeOut(number, of: owner)
            if let place = rotation.firstIndex(of: owner) {
                rotation.remove(at: place)
                rotation.append(owner)
            }
            passed = 0
        }
        return granted
    }

    private mutating func give(_ number: UInt64) -> UInt64 {
        if let wanted = requests[number]?.wanted { requests[number]?.held = wanted }
        requests[number]?.wanted = nil
        return number
    }

    private mutating func takeOut(_ number: UInt64, of owner: MemoryOwner) {
        lines[owner]?.removeAll { $0 == number }
        if lines[owner]?.isEmpty == true {
            lines[owner] = nil
            rotation.removeAll { $0 == owner }
        }
    }

    /// Whether all that have something, of one user or of all, can still get the most they may need, one after the other,
    /// when a request is given what it waits for.
    private func isSafe(toGive number: UInt64, among owner: MemoryOwner?) -> Bool {
        var left = owner == nil ? limits.total : limits.share
        var needs: [(need: Int, held: Int)] = []
        for (other, request) in requests where owner == nil || request.owner == owner {
            let held = other == number ? request.wanted ?? request.held : request.held
            guard held > 0 else { continue }
            left -= held
            needs.append((max(0, request.most - held), held))
        }
        guard left >= 0 else { return false }
        for (need, held) in needs.sorted(by: { $0.need < $1.need }) {
            guard need <= left else { return false }
            left += held
        }
        return true
    }
}
