/// The courses the log of a cluster took. It leaves one for another where a new etcd was made from the state of a member, or where
/// etcd was put back; what stood behind that place is overtaken.
struct LogLines {
    struct Place: Hashable {
        let line: Int
        let index: Int
    }

    private struct Line {
        let generation: Int
        /// The newest entry it has of the one before; `nil` for the first one.
        var base: Place?
        /// Whether it began because etcd was put back.
        var isLoss = false
        /// Somebody has told people.
        var isSaid = false
    }

    private var lines = [Line(generation: 1)]

    /// The one that counts.
    var newest: Int { lines.count - 1 }

    /// The newest one of a generation.
    func line(of generation: Int) -> Int? { lines.lastIndex { $0.generation == generation } }

    func generation(of line: Int) -> Int { lines[line].generation }

    var newestGeneration: Int { lines[newest].generation }

    mutating func found(_ generation: Int, behind base: Place) {
        lines.append(Line(generation: generation, base: base))
    }

    mutating func goBack(_ generation: Int, to index: Int) {
        guard let line = line(of: generation) else { return }
        lines.append(Line(generation: generation, base: Place(line: line, index: index), isLoss: true))
    }

    mutating func say(_ generation: Int) {
        for line in lines.indices where lines[line].generation == generation { lines[line].isSaid = true }
    }

    /// The courses that lead to one, with what counts of each: the oldest first.
    func path(to line: Int) -> [(line: Int, last: Int)] {
        var path = [(line: line, last: Int.max)]
        var (line, last) = (line, Int.max)
        while let base = lines[line].base {
            (line, last) = (base.line, min(last, base.index))
            path.append((line, last))
        }
        return path.reversed()
    }

    /// Whether one course leads past a place.
    func leads(_ line: Int, past place: Place) -> Bool {
        path(to: line).contains { $0.line == place.line && place.index <= $0.last }
    }

    /// Whether etcd was put back to before a place, after it had been there.
    func wasLost(_ place: Place) -> Bool { losses(of: place).isEmpty == false }

    /// Whether etcd was put back to before a place, and neither a member said so nor anybody made another etcd since.
    func wasLostInSilence(_ place: Place) -> Bool {
        losses(of: place).contains { loss in
            !lines[loss].isSaid && !lines[loss...].contains { !$0.isLoss }
        }
    }

    private func losses(of place: Place) -> [Int] {
        lines.indices.filter { line in
            guard line > place.line, lines[line].isLoss, let base = lines[line].base else { return false }
            return lines[line].generation == lines[place.line].generation && base.index < place.index
        }
    }

    /// The entry up to which nothing of a generation was ever lost.
    func safe(in generation: Int) -> Int {
        lines.filter { $0.generation == generation && $0.isLoss }.compactMap(\.base?.index).min() ?? .max
    }
}
