/// The shortest list of edits between two lists of lines, after Myers; work and memory grow with the difference.
struct LineEdits {
    enum Edit {
        case keep(old: Int, new: Int)
        case delete(old: Int)
        case insert(new: Int)

        func text(_ before: DiffText, _ after: DiffText) -> String {
            switch self {
            case .keep(let old, _): " " + before.line(old)
            case .delete(let old): "-" + before.line(old)
            case .insert(let new): "+" + after.line(new)
            }
        }

        var isKept: Bool {
            if case .keep = self { true } else { false }
        }
    }

    /// Beyond this many edits the middle is replaced as a whole: memory grows with the square of the number.
    private static let mostSteps = 1500

    private(set) var edits: [Edit] = []

    init(_ old: [Substring], _ new: [Substring]) {
        var names: [Substring: Int] = [:]
        func number(_ line: Substring) -> Int {
            if let known = names[line] { return known }
            names[line] = names.count
            return names.count - 1
        }
        let (before, after) = (old.map(number), new.map(number))
        var front = 0
        while front < min(before.count, after.count), before[front] == after[front] { front += 1 }
        var back = 0
        while back < min(before.count, after.count) - front,
            before[before.count - 1 - back] == after[after.count - 1 - back]
        { back += 1 }
        edits.reserveCapacity(max(before.count, after.count))
        for index in 0..<front { edits.append(.keep(old: index, new: index)) }
        let middle = (front..<(before.count - back), front..<(after.count - back))
        edits += Self.script(from: Array(before[middle.0]), to: Array(after[middle.1]), offset: front)
        for index in 0..<back {
            edits.append(.keep(old: before.count - back + index, new: after.count - back + index))
        }
    }

    private static func script(from old: [Int], to new: [Int], offset: Int) -> [Edit] {
        guard let trace = trace(old, new) else {
            return old.indices.map { .delete(old: $0 + offset) } + new.indices.map { .insert(new: $0 + offset) }
        }
        var (x, y) = (old.count, new.count)
        var reversed: [Edit] = []
        for steps in trace.indices.dropFirst().reversed() {
            let furthest = trace[steps - 1]
            let diagonal = x - y
            let isDown = goesDown(furthest, on: diagonal, after: steps)
            let from = isDown ? diagonal + 1 : diagonal - 1
            let start = value(furthest, on: from, after: steps - 1)
            let afterStep = isDown ? start : start + 1
            while x > afterStep, y > 0 {
                (x, y) = (x - 1, y - 1)
                reversed.append(.keep(old: x + offset, new: y + offset))
            }
            (x, y) = (start, start - from)
            reversed.append(isDown ? .insert(new: y + offset) : .delete(old: x + offset))
        }
        while x > 0 {
            x -= 1
            reversed.append(.keep(old: x + offset, new: x + offset))
        }
        return reversed.reversed()
    }

    /// The furthest position on each diagonal after each number of steps; nil when there are too many.
    private static func trace(_ old: [Int], _ new: [Int]) -> [[Int]]? {
        var trace: [[Int]] = []
        for steps in 0...min(old.count + new.count, mostSteps) {
            var furthest = [Int](repeating: 0, count: 2 * steps + 1)
            for diagonal in stride(from: -steps, through: steps, by: 2) {
                var x = 0
                if let last = trace.last {
                    let isDown = goesDown(last, on: diagonal, after: steps)
                    x = value(last, on: isDown ? diagonal + 1 : diagonal - 1, after: steps - 1) + (isDown ? 0 : 1)
                }
                while x < old.count, x - diagonal >= 0, x - diagonal < new.count, old[x] == new[x - diagonal] {
                    x += 1
                }
                furthest[diagonal + steps] = x
                if x >= old.count, x - diagonal >= new.count { return trace + [furthest] }
            }
            trace.append(furthest)
        }
        return nil
    }

    private static func goesDown(_ furthest: [Int], on diagonal: Int, after steps: Int) -> Bool {
        diagonal == -steps
            || (diagonal != steps
                && value(furthest, on: diagonal - 1, after: steps - 1)
                    < value(furthest, on: diagonal + 1, after: steps - 1))
    }

    private static func value(_ furthest: [Int], on diagonal: Int, after steps: Int) -> Int {
        let index = diagonal + steps
        return furthest.indices.contains(index) ? furthest[index] : 0
    }
}
