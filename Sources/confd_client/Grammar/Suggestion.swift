/// Finds what somebody may have meant by a word that is unknown.
enum Suggestion {
    /// The candidate that is nearest by letters left out, added, exchanged or swapped; `nil` when none is near.
    static func nearest(to word: String, in candidates: [String]) -> String? {
        let limit = max(1, min(3, word.count / 3))
        let near = candidates.map { (name: $0, distance: distance(word, $0)) }.filter { $0.distance <= limit }
        return near.min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
    }

    /// `did you mean 'jobs'?`, or else `there is jobs, queue.`: the end of a sentence on a word that is unknown.
    static func advice(on word: String, in known: [String]) -> String {
        if known.isEmpty { return "there is none." }
        let near = nearest(to: word, in: known).map { "did you mean '\($0)'?" }
        return near ?? "there is \(known.joined(separator: ", "))."
    }

    /// The optimal string alignment distance.
    static func distance(_ one: String, _ other: String) -> Int {
        let one = Array(one)
        let other = Array(other)
        var rows = [Array(0...other.count)]
        for (i, letter) in one.enumerated() {
            var row = [i + 1]
            for (j, counterpart) in other.enumerated() {
                var least = min(rows[i][j + 1], row[j]) + 1
                least = min(least, rows[i][j] + (letter == counterpart ? 0 : 1))
                if i > 0, j > 0, letter == other[j - 1], one[i - 1] == counterpart {
                    least = min(least, rows[i - 1][j - 1] + 1)
                }
                row.append(least)
            }
            rows.append(row)
        }
        return rows[one.count][other.count]
    }
}
