import Testing

@testable import Application

struct LabeledMetricsTests {
    @Test func oneSetOfLabelsIsOneMetric() {
        let metrics = LabeledMetrics<Counter>(["type"]) { Counter() }
        #expect(metrics["a"] === metrics["a"] && metrics["a"] !== metrics["b"])
    }

    @Test func whatWasNeverCountedIsLeftOut() {
        let metrics = LabeledMetrics<Counter>(["type"]) { Counter() }
        _ = metrics["a"]
        metrics["b"].increment()
        #expect(metrics.samples.map(\.labels) == [[.init("type", "b")]])
    }

    @Test func labelsWithoutEndAreCountedTogether() {
        let metrics = LabeledMetrics<Counter>(["name"]) { Counter() }
        for number in 0..<5000 { metrics["name\(number)"].increment() }
        let samples = metrics.samples
        #expect(samples.count == LabeledMetrics<Counter>.limit + 1)
        #expect(samples.first { $0.labels == [.init("name", "other")] }?.value == 3000)
    }

    @Test func countsOfManyAtOnceAddUp() async {
        let metrics = LabeledMetrics<Histogram>(["name"]) { Histogram([1]) }
        await withTaskGroup { group in
            for _ in 0..<8 { group.addTask { for _ in 0..<1000 { metrics["a"].observe(0.5) } } }
        }
        #expect(metrics.samples.last?.value == 8000)
    }

    @Test func aValueOnTheEdgeBelongsBelow() {
        let histogram = Histogram([0.1, 0.2])
        for value in [0.1, 0.2, 0.2000001] { histogram.observe(value) }
        #expect(histogram.samples.map(\.value).prefix(3) == [1, 2, 3])
    }
}
