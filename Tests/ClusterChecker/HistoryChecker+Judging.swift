/// What can be judged only when it is known what came after.
extension HistoryChecker {
    /// Goes on along the log that counts.
    mutating func wrongLog() -> Violation? {
        for (line, last) in lines.path(to: lines.newest) {
            while walk.index < last, let entry = entries[.init(line: line, index: walk.index + 1)] {
                if let violation = walk.take(entry) { return violation }
            }
            let behind = entries.keys.filter { $0.line == line && $0.index > walk.index && $0.index <= last }
            if !behind.isEmpty { return .gap(generation: lines.generation(of: line), index: walk.index + 1) }
        }
        return nil
    }

    /// A change may leave out nothing but pieces of batches that never ended.
    func outOfOrder() -> Violation? {
        for (change, before) in jumps {
            let isForward = change.first > before
            let between = isForward ? before + 1..<change.first : 0..<0
            let isWhole = between.allSatisfy { index in
                index <= settled
                    || (0...lines.newest).contains { line in
                        lines.generation(of: line) <= change.generation
                            && entries[.init(line: line, index: index)]?.more == true
                    }
            }
            if !isForward || !isWhole { return .appliedOutOfOrder(member: change.member, index: change.index) }
        }
        return nil
    }

    func wrongAnswer() -> Violation? {
        for acknowledged in acknowledged {
            if let violation = wrong(acknowledged) { return violation }
        }
        for request in refused.sorted() {
            let counts = (ofRequest[request] ?? []).filter { lines.leads(lines.newest, past: $0.place) }
            // It can come back with the state of a member that knew it, after etcd was put back.
            if counts.contains(where: { !lines.wasLost($0.place) }) { return .takenThoughRefused(request: request) }
        }
        return nil
    }

    private func wrong(_ acknowledged: Acknowledged) -> Violation? {
        let (request, number) = (acknowledged.answer.request, acknowledged.answer.job)
        let jobs = jobs(of: acknowledged)
        let counts = jobs.filter { lines.leads(lines.newest, past: $0.place) }
        if counts.isEmpty, jobs.contains(where: { lines.wasLostInSilence($0.place) }) {
            return .lostInSilence(request: request)
        }
        if jobs.isEmpty { return acknowledged.isSettled ? nil : .lost(request: request) }
        if let number, !jobs.contains(where: { $0.number == number }) {
            return .otherJob(request: request, told: number)
        }
        return nil
    }

    /// The jobs an answer can have meant: that of the request itself, or else that of its key.
    private func jobs(of acknowledged: Acknowledged) -> [StoredJob] {
        ofRequest[acknowledged.answer.request] ?? acknowledged.ofKey
    }

    /// Numbers without a trace are given out once in a generation of which nothing was lost.
    func wrongNumber() -> Violation? {
        var told: [Int: Set<Int>] = [:]
        for read in reads {
            guard let number = read.number, lines.safe(in: read.generation) == .max else { continue }
            let isNew = told[read.generation, default: []].insert(number).inserted
            let isStored = (ofNumber[number] ?? []).contains { lines.generation(of: $0.place.line) == read.generation }
            if !isNew || isStored { return .numberOfAnother(number) }
        }
        return nil
    }

    func staleRead() -> Violation? {
        for (generation, reads) in Dictionary(grouping: reads, by: \.generation).sorted(by: { $0.key < $1.key }) {
            guard let line = lines.line(of: generation) else { continue }
            var newest: [(time: Int, index: Int)] = []
            for acknowledged in acknowledged.sorted(by: { $0.answer.at < $1.answer.at }) {
                let places = jobs(of: acknowledged).map(\.place).filter { lines.leads(line, past: $0) }
                guard let index = places.map(\.index).max(), index <= lines.safe(in: generation) else { continue }
                newest.append((acknowledged.answer.at, max(index, newest.last?.index ?? 0)))
            }
            for read in reads {
                let told = newest[..<newest.partition(before: read.asked)].last
                if let told, told.index > read.index {
                    return .staleRead(member: read.member, index: read.index, acknowledged: told.index)
                }
            }
        }
        return nil
    }
}

extension [(time: Int, index: Int)] {
    /// How many of them, which are in the order of time, are before a time.
    fileprivate func partition(before time: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
