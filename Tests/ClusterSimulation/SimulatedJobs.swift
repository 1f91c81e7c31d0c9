/// What members make of the log: a small model of jobs, of keys that are used once, and of revisions, each made from the one
/// before.
struct SimulatedJobs: Hashable {
    /// One thing an entry says.
    enum Fact: Hashable {
        case job(Int, request: Int, key: Int?)
        case revision(Int, on: Int)
        /// Numbers up to this one may have been told to somebody.
        case numbers(upTo: Int)
        /// Keys of jobs up to this number may be used again.
        case keysFree(upTo: Int)
    }

    /// Jobs, revisions, and what is freed, in the order of the log.
    private(set) var facts: [Fact] = []
    private(set) var reserved = 0
    private(set) var highestJob = 0
    private(set) var freed = 0
    private(set) var head = 0
    /// Each member keeps it as long as it likes; it is no part of what members have in common.
    private var jobOfKey: [Int: Int] = [:]

    /// Nothing is refused here: who appended it has checked it.
    mutating func apply(_ fact: Fact, checksKeys: Bool = false) {
        switch fact {
        case .job(let number, _, let key):
            if checksKeys, let key, jobOfKey[key] != nil { return }
            if let key { jobOfKey[key] = number }
            highestJob = max(highestJob, number)
        case .revision(let number, _): head = number
        case .numbers(let last): reserved = last
        case .keysFree(let last): freed = last
        }
        facts.append(fact)
    }

    mutating func apply(_ payload: [UInt8], checksKeys: Bool = false) {
        for fact in Self.facts(in: payload) { apply(fact, checksKeys: checksKeys) }
    }

    /// The job a key stands for, as long as it cannot be used again.
    func job(of key: Int) -> Int? { jobOfKey[key].flatMap { $0 > freed ? $0 : nil } }

    /// Stands for everything members have in common.
    var digest: String {
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        for number in facts.flatMap(\.numbers) {
            sum = (sum ^ UInt64(truncatingIfNeeded: number)) &* 0x100_0000_01B3
        }
        return String(sum, radix: 16)
    }
}

// MARK: Payloads

extension SimulatedJobs {
    /// The facts of a payload: `j5.17.3` is job 5 of request 17 with key 3, `r2.1` revision 2 made from 1, `n8` numbers up to 8,
    /// `f4` keys up to job 4; spaces stand between them.
    static func facts(in payload: [UInt8]) -> [Fact] {
        payload.split(separator: UInt8(ascii: " ")).compactMap { Fact(text: String(decoding: $0, as: UTF8.self)) }
    }

    static func payload(_ facts: [Fact]) -> [UInt8] { Array(facts.map(\.text).joined(separator: " ").utf8) }
}

extension SimulatedJobs.Fact {
    fileprivate var text: String {
        switch self {
        case .job(let number, let request, let key): "j\(number).\(request)" + (key.map { ".\($0)" } ?? "")
        case .revision(let number, let base): "r\(number).\(base)"
        case .numbers(let last): "n\(last)"
        case .keysFree(let last): "f\(last)"
        }
    }

    fileprivate init?(text: String) {
        let numbers = text.dropFirst().split(separator: ".").compactMap { Int($0) }
        switch (text.first, numbers.count) {
        case ("j", 2): self = .job(numbers[0], request: numbers[1], key: nil)
        case ("j", 3): self = .job(numbers[0], request: numbers[1], key: numbers[2])
        case ("r", 2): self = .revision(numbers[0], on: numbers[1])
        case ("n", 1): self = .numbers(upTo: numbers[0])
        case ("f", 1): self = .keysFree(upTo: numbers[0])
        default: return nil
        }
    }

    fileprivate var numbers: [Int] {
        switch self {
        case .job(let number, let request, let key): [1, number, request, key ?? -1]
        case .revision(let number, let base): [2, number, base]
        case .numbers(let last): [3, last]
        case .keysFree(let last): [4, last]
        }
    }
}
