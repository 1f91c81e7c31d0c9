import Values

/// Moments and lengths of time as people type them.
enum Moment {
    /// Whether a length of time without a word of its own goes back or ahead.
    enum Direction { case back, ahead }

    /// RFC 3339 of what was typed: `1h`, `2d`, `1w 3d`, `yesterday`, `today`, `tomorrow`, `now`, `2026-01-02`,
    /// `2026-01-02 15:04`, by the clocks of here, or RFC 3339 itself.
    ///
    /// - Throws: ``Failure`` for anything else.
    static func text(_ typed: String, _ direction: Direction, on display: Display) throws(Failure) -> String {
        let word = typed.trimmed
        if Timestamp(word) != nil { return word }
        let today = midnight(display)
        switch word {
        case "now": return rfc(display.now)
        case "today": return rfc(utc(today, display))
        case "yesterday": return rfc(utc(today - 86_400_000, display))
        case "tomorrow": return rfc(utc(today + 86_400_000, display))
        default: break
        }
        if let seconds = seconds(word.hasSuffix(" ago") ? String(word.dropLast(4)) : word) {
            let isBack = direction == .back || word.hasSuffix(" ago")
            return rfc(display.now + (isBack ? -1 : 1) * seconds * 1000)
        }
        if let here = civil(word) { return rfc(utc(here, display)) }
        throw .usage(
            "'\(typed)' is no time. Give 1h, 2d, yesterday, 2026-01-02, '2026-01-02 15:04' or 2026-01-02T15:04:05Z.")
    }

    /// Ten years, in seconds.
    private static let longest = 315_360_000

    /// Seconds of `30s`, `5m`, `1h`, `2d`, `1w` or several of them, `1w 3d`; at most ten years.
    static func seconds(_ text: String) -> Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        var (total, digits) = (0, "")
        for letter in text where letter != " " {
            if letter.isASCII, letter.isNumber, digits.count < 9 {
                digits.append(letter)
            } else {
                guard let unit = units[letter], let count = Int(digits) else { return nil }
                total += count * unit
                if total > longest { return nil }
                digits = ""
            }
        }
        return digits.isEmpty && total > 0 ? total : nil
    }

    /// The same, where a number alone is seconds; for options.
    ///
    /// - Throws: ``Failure`` for anything else.
    static func length(_ text: String, of option: String) throws(Failure) -> Int {
        guard let seconds = seconds(text) ?? seconds(text + "s") else {
            throw .usage("\(option) needs a length of time, as 30, 90s, 5m or 1h, not '\(text)'.")
        }
        return seconds
    }

    private static func rfc(_ milliseconds: Int) -> String { Timestamp(milliseconds: milliseconds).description }

    /// Milliseconds of a date and time as if they were of UTC.
    private static func civil(_ word: String) -> Int? {
        let parts = word.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count <= 2, let date = parts.first, date.utf8.count == 10 else { return nil }
        let time = parts.count == 2 ? parts[1] : "00:00"
        return Timestamp("\(date)T\(time)\(time.utf8.count == 5 ? ":00" : "")Z")?.milliseconds
    }

    private static func midnight(_ display: Display) -> Int {
        let here = display.now + display.offset(display.now / 1000) * 1000
        return here - here % 86_400_000
    }

    /// The moment clocks of here show something. The offset is that of the moment itself, which is near the first guess.
    private static func utc(_ here: Int, _ display: Display) -> Int {
        let guess = here - display.offset(here / 1000) * 1000
        return here - display.offset(guess / 1000) * 1000
    }
}
