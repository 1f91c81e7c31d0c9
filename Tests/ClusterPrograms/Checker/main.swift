import ClusterChecker
import Foundation

// Judges the history of a cluster that somebody recorded: a file of JSON lines as HistoryEvent describes them, or the standard
// input for `-`. Prints PASS and how much there was, or the first promise that was broken. Exits with 0, 1, or 2 for what is
// no history.

guard CommandLine.arguments.count == 2, let path = CommandLine.arguments.last else {
    print("Usage: cluster-checker FILE")
    exit(64)
}
guard let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path) else {
    print("cluster-checker: \(path) cannot be read")
    exit(66)
}
var reading = HistoryReading()
do {
    while let bytes = try file.read(upToCount: 1 << 16), !bytes.isEmpty { try reading.take(bytes) }
    try reading.takeLast()
} catch {
    print("cluster-checker: line \(reading.lines + 1): \(error)")
    exit(2)
}
if let violation = reading.checker.end() {
    print("WRONG after \(reading.lines) events: \(violation)")
    exit(1)
}
print("PASS: \(reading.lines) events")
