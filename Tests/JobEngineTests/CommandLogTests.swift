import Testing
import Values

@testable import JobEngine

/// What commands say while they run.
struct CommandLogTests {
    private let now = Timestamp(milliseconds: 1_000)

    @Test func aLineIsProgressOrWords() {
        let line = #"{"progress": {"percent": 40, "text": "copying"}}"#
        #expect(CommandReport(line: line) == .progress(CommandProgress(percent: 40, text: "copying")))
        for words in ["copying", "", #"{"progress": 40}"#, "{", #"{"percent": 40}"#] {
            #expect(CommandReport(line: words) == .line(words))
        }
    }

    @Test func whoSaysTooMuchIsNotHeardAnyMore() {
        var log = CommandLog()
        var kept = 0
        while kept < 2_000, log.append("line \(kept)", at: now) { kept += 1 }
        #expect(kept == 1_000)
        #expect(log.lines.count == 1_000)
        #expect(log.lines.last?.text == "(what the command said besides is left out)")
        var long = CommandLog()
        let line = String(repeating: "x", count: 1 << 20)
        while long.append(line, at: now) {}
        #expect(long.lines.count == 66)
        #expect(long.lines.first?.text.count == 2_000)
    }

    @Test func controlCharactersAreLeftOut() {
        var log = CommandLog()
        _ = log.append("a\u{1B}[2J\tü\r", at: now)
        #expect(log.lines.map(\.text) == ["a[2J\tü"])
        #expect(CommandLog(log.value) == log)
        #expect(CommandLog(nil) == CommandLog())
    }

    @Test func secretsAreNotWrittenDown() {
        let command = Command("x", on: 11, ["parameters": ["key": "tell-nobody", "name": "all"]], secrets: ["key"])
        let log = RunningLog(of: command)
        _ = log.append("all: tell-nobody", at: now)
        #expect(log.lines.lines.map(\.text) == ["all: ***"])
    }
}
