import Testing

@testable import Series

struct MachineCountersTests {
    private static let stat = """
        cpu  100 0 50 800 50 0 0 0 0 0
        cpu0 100 0 50 800 50 0 0 0 0 0
        intr 5
        """
    private static let memory = """
        MemTotal:        1000 kB
        MemFree:          100 kB
        MemAvailable:     600 kB
        """
    private static let network = """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
            lo: 5000 1 0 0 0 0 0 0 5000 1 0 0 0 0 0 0
          eth0: 100 1 0 0 0 0 0 0 200 1 0 0 0 0 0 0
          eth1:10 1 0 0 0 0 0 0 20 1 0 0 0 0 0 0
        """
    private static let disks = """
           8       0 sda 1 0 10 0 1 0 20 0 0 0 0
           8       1 sda1 1 0 10 0 1 0 20 0 0 0 0
         259       0 nvme0n1 1 0 1 0 1 0 2 0 0 0 0
         259       1 nvme0n1p1 1 0 1 0 1 0 2 0 0 0 0
         253       0 dm-0 1 0 11 0 1 0 22 0 0 0 0
           7       0 loop0 1 0 11 0 1 0 22 0 0 0 0
        """

    private func counters(
        stat: String = stat, memory: String = memory, network: String = network, disks: String = disks
    ) -> MachineCounters {
        MachineCounters(stat: stat, memory: memory, network: network, disks: disks)
    }

    @Test func everythingIsReadOnceAndTheLoopbackIsLeftOut() {
        let counters = counters()
        #expect(counters.allTicks == 1000 && counters.busyTicks == 150)
        #expect(counters.memorySize == 1_024_000 && counters.memoryUsed == 409_600)
        #expect(counters.received == 110 && counters.sent == 220)
        #expect(counters.read == 11 * 512 && counters.written == 22 * 512)
    }

    @Test func whatCannotBeReadIsMissing() {
        let none = counters(stat: "", memory: "MemTotal: many kB", network: "lo: 1 2", disks: "8 0 sda x")
        #expect(none == MachineCounters(stat: "", memory: "", network: "", disks: ""))
        #expect(none.figures(since: none, passed: 60).isEmpty)
        let huge = counters(stat: "cpu 1 2 3", memory: "MemTotal: 9223372036854775807 kB\nMemAvailable: 1 kB")
        #expect(huge.allTicks == nil && huge.memorySize == nil)
    }

    @Test func ratesAreWhatWasCountedInBetween() {
        let later = counters(
            stat: "cpu  130 0 60 850 60 0 0 0 0 0", network: "eth0: 6110 1 0 0 0 0 0 0 220 1 0 0 0 0 0 0",
            disks: "8 0 sda 1 0 71 0 1 0 22 0 0 0 0")
        let figures = later.figures(since: counters(), passed: 60)
        #expect(figures[.cpuRatio] == 0.4)
        #expect(figures[.networkReceivedRate] == 100 && figures[.networkSentRate] == 0)
        #expect(figures[.diskReadRate] == 512 && figures[.diskWrittenRate] == 0)
        #expect(figures[.memoryUsedBytes] == 409_600)
    }

    @Test func theFirstLookHasLevelsAlone() {
        #expect(
            counters().figures(since: nil, passed: 60).keys.sorted { $0.rawValue < $1.rawValue } == [
                .memorySizeBytes, .memoryUsedBytes,
            ])
        #expect(counters().figures(since: counters(), passed: 0).count == 2)
    }

    @Test func aCounterThatWentBackSaysNothing() {
        let later = counters(stat: "cpu  1 0 1 1 1 0 0 0 0 0", network: "eth0: 1 1 0 0 0 0 0 0 900 1 0 0 0 0 0 0")
        let figures = later.figures(since: counters(), passed: 60)
        #expect(figures[.cpuRatio] == nil && figures[.networkReceivedRate] == nil)
        #expect(figures[.networkSentRate] != nil)
    }
}
