/// What a machine has counted since it was started, as Linux tells it in `/proc`.
///
/// What cannot be read is `nil`: containers may hide some of it.
package struct MachineCounters: Sendable, Hashable {
    /// Ticks of all processors.
    package private(set) var allTicks: Int?
    /// Those of them in which they did something.
    package private(set) var busyTicks: Int?
    /// Memory there is, in bytes.
    package private(set) var memorySize: Int?
    /// What of it could not be given to somebody, in bytes.
    package private(set) var memoryUsed: Int?
    /// Bytes all interfaces but the loopback took in.
    package private(set) var received: Int?
    /// Bytes they sent.
    package private(set) var sent: Int?
    /// Bytes read from all disks.
    package private(set) var read: Int?
    /// Bytes written to them.
    package private(set) var written: Int?

    /// Reads the texts of `/proc/stat`, `/proc/meminfo`, `/proc/net/dev` and `/proc/diskstats`; empty ones say nothing.
    package init(stat: String, memory: String, network: String, disks: String) {
        readProcessors(stat)
        readMemory(memory)
        readNetwork(network)
        readDisks(disks)
    }

    private mutating func readProcessors(_ text: String) {
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") }) else { return }
        // user, nice, system, idle, iowait, irq, softirq, steal; what guests had is in the first two.
        let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Int($0) }
        guard ticks.count == 8 else { return }
        let all = ticks.reduce(0, &+)
        (allTicks, busyTicks) = (all, all &- ticks[3] &- ticks[4])
    }

    private mutating func readMemory(_ text: String) {
        func bytes(_ name: String) -> Int? {
            let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") }
            let number = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
            return number.flatMap { (0...Int.max / 1024).contains($0) ? $0 * 1024 : nil }
        }
        guard let size = bytes("MemTotal"), let available = bytes("MemAvailable") else { return }
        (memorySize, memoryUsed) = (size, max(0, size - available))
    }

    private mutating func readNetwork(_ text: String) {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let name = parts[0].split(separator: " ").last, name != "lo" else { continue }
            let numbers = parts[1].split(separator: " ").compactMap { Int($0) }
            guard numbers.count >= 9 else { continue }
            received = (received ?? 0) &+ numbers[0]
            sent = (sent ?? 0) &+ numbers[8]
        }
    }

    private mutating func readDisks(_ text: String) {
        var whole: [Substring] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 10, let sectorsRead = Int(words[5]), let sectorsWritten = Int(words[9]) else {
                continue
            }
            let name = words[2]
            if Self.standIns.contains(where: name.hasPrefix) || whole.contains(where: { Self.isPart(name, of: $0) }) {
                continue
            }
            whole.append(name)
            // A sector is 512 bytes here, whatever the disk has.
            read = (read ?? 0) &+ sectorsRead &* 512
            written = (written ?? 0) &+ sectorsWritten &* 512
        }
    }

    /// Devices that keep what they have on other ones, or in memory.
    private static let standIns = ["loop", "ram", "zram", "dm-", "md", "sr", "fd", "nbd"]

    /// Whether a name is that of a partition: `sda1` of `sda`, `nvme0n1p2` of `nvme0n1`.
    private static func isPart(_ name: Substring, of disk: Substring) -> Bool {
        guard name.hasPrefix(disk) else { return false }
        var rest = name.dropFirst(disk.count)
        if rest.first == "p" { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(\.isNumber)
    }
}

extension MachineCounters {
    /// What a machine did between two looks, by figure.
    ///
    /// A counter that went back, as with a restart or an interface that is gone, says nothing.
    ///
    /// - Parameters:
    ///   - former: The look before; without it there are levels alone.
    ///   - passed: Seconds between the two.
    package func figures(since former: MachineCounters?, passed: Double) -> [SeriesFigure: Double] {
        var figures: [SeriesFigure: Double] = [:]
        figures[.memorySizeBytes] = memorySize.map { Double($0) }
        figures[.memoryUsedBytes] = memoryUsed.map { Double($0) }
        guard let former, passed > 0 else { return figures }
        func growth(_ counter: KeyPath<MachineCounters, Int?>) -> Double? {
            guard let now = self[keyPath: counter], let then = former[keyPath: counter], now >= then else { return nil }
            return Double(now) - Double(then)
        }
        if let busy = growth(\.busyTicks), let all = growth(\.allTicks), all > 0 {
            figures[.cpuRatio] = min(1, busy / all)
        }
        figures[.networkReceivedRate] = growth(\.received).map { $0 / passed }
        figures[.networkSentRate] = growth(\.sent).map { $0 / passed }
        figures[.diskReadRate] = growth(\.read).map { $0 / passed }
        figures[.diskWrittenRate] = growth(\.written).map { $0 / passed }
        return figures
    }
}
