import Glibc
import Values

/// Where standard output goes, and how what is printed looks there: a pipe gets whole words and moments in UTC, and a terminal what
/// fits and what people read at a glance.
struct Display: Sendable {
    var isTerminal = false
    /// Columns and lines of the terminal; `nil` where there is none.
    var width: Int?
    var height: Int?
    var hasColours = false
    /// Milliseconds since 1970.
    var now = 0
    /// Seconds by which clocks here are ahead of UTC at a second since 1970.
    var offset: @Sendable (Int) -> Int = { _ in 0 }

    /// A pipe, in UTC.
    init() {}

    /// What standard output of this process is. The variable `NO_COLOR`, or a terminal that is `dumb`, takes colours away.
    init(_ variables: Variables) {
        isTerminal = isatty(STDOUT_FILENO) == 1
        now = Self.present
        offset = Self.localOffset
        guard isTerminal else { return }
        var size = winsize()
        if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 {
            (width, height) = (Int(size.ws_col), Int(size.ws_row))
        }
        let isPlain = (try? variables.text("NO_COLOR")).flatMap { $0 } != nil
        hasColours = !isPlain && (try? variables.text("TERM")).flatMap { $0 } != "dumb"
    }

    /// The clock of this machine, as milliseconds since 1970.
    static var present: Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    @Sendable private static func localOffset(_ seconds: Int) -> Int {
        var moment = time_t(seconds)
        var parts = tm()
        tzset()
        return localtime_r(&moment, &parts) == nil ? 0 : parts.tm_gmtoff
    }

    /// How long ago, or when by the clocks of here; in a pipe RFC 3339.
    func moment(_ time: Timestamp) -> String {
        guard isTerminal else { return time.description }
        let minutes = abs(now - time.milliseconds) / 60_000
        let isPast = time.milliseconds <= now
        switch minutes {
        case 0: return isPast ? "just now" : "in a moment"
        case 1..<60: return isPast ? "\(minutes) min ago" : "in \(minutes) min"
        case 60..<1440: return isPast ? "\(minutes / 60) h ago" : "in \(minutes / 60) h"
        default: return local(time)
        }
    }

    /// Date and time to the second, by the clocks of here; in a pipe RFC 3339.
    func clock(_ time: Timestamp) -> String { isTerminal ? local(time, length: 19) : time.description }

    /// Date and time by the clocks of here.
    ///
    /// - Parameter length: 16 characters are to the minute, 19 to the second.
    private func local(_ time: Timestamp, length: Int = 16) -> String {
        let seconds = time.milliseconds / 1000
        // Years beyond the calendar have no clocks.
        guard abs(seconds) < 200_000_000_000 else { return time.description }
        let here = Timestamp(milliseconds: (seconds + offset(seconds)) * 1000)
        return String(here.description.prefix(length)).replacing("T", with: " ")
    }

    /// A length of time in milliseconds for people: `0.2 s`, `3 min 5 s`, `2 h 10 min`.
    static func length(_ milliseconds: Int) -> String {
        let seconds = max(0, milliseconds) / 1000
        return switch seconds {
        case ..<10: "\(seconds).\(max(0, milliseconds) / 100 % 10) s"
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min \(seconds % 60) s"
        case ..<86_400: "\(seconds / 3600) h \(seconds / 60 % 60) min"
        default: "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
        }
    }
}
