import Foundation

/// Sends a reader input after input and holds it to its duties.
struct Campaign {
    /// CPU time one input may take, with room for a build without optimization.
    private static let mostSeconds = 2.0

    let reader: Reader
    private let current: CurrentInput?

    /// - Parameter folder: Where the current input is noted; `nil` for nowhere.
    init(_ reader: Reader, notedIn folder: String? = nil) throws {
        self.reader = reader
        current = try folder.map { try CurrentInput("\($0)/\(reader.name).current", longest: reader.longest) }
    }

    /// Reads one input.
    ///
    /// - Throws: ``Breach`` with the reader's name.
    func read(_ input: [UInt8]) throws(Breach) {
        current?.note(input)
        let begin = Self.seconds
        do {
            try reader.read(input)
        } catch {
            throw Breach(description: "\(reader.name): \(error); \(Self.shown(input))")
        }
        let spent = Self.seconds - begin
        try require(spent < Self.mostSeconds, "\(reader.name): it took \(spent) s; \(Self.shown(input))")
    }

    /// Reads every beginning of each input to begin with.
    func readBeginnings() throws(Breach) {
        for input in reader.corpus {
            for count in 0...input.count { try read(Array(input.prefix(count))) }
        }
    }

    /// Reads changed inputs until there were enough of them and the time is over.
    ///
    /// - Returns: How many.
    func readChanged(seed: UInt64, atLeast count: Int, seconds: Double) throws(Breach) -> Int {
        var mutator = Mutator(seed: seed, words: reader.words, longest: reader.longest)
        let end = Date().addingTimeInterval(seconds)
        var (known, done) = (reader.corpus, 0)
        while done < count || Date() < end {
            let base = known.randomElement(using: &mutator) ?? []
            var input = mutator.changed(base, other: known.randomElement(using: &mutator) ?? [])
            if let mend = reader.mend, Int.random(in: 0..<8, using: &mutator) > 0 { input = mend(input) }
            try read(input)
            // What was changed once is changed further now and then, so that changes add up.
            if done % 16 == 0 {
                if known.count >= 64 {
                    known.remove(at: Int.random(in: reader.corpus.count..<known.count, using: &mutator))
                }
                known.append(input)
            }
            done += 1
        }
        return done
    }

    /// CPU time of this thread.
    private static var seconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func shown(_ input: [UInt8]) -> String {
        "\(input.count) bytes in base64: \(Data(input.prefix(3000)).base64EncodedString())"
    }
}
