import Testing
import Values

@testable import Series

struct SeriesBookTests {
    private let cpu = SeriesID("node:11", .cpuRatio)
    private let sales = SeriesID("db:SALES", .connections)
    /// The first minute of a quarter of an hour.
    private let begin = 29_000_010

    private static let small: SeriesLimits = {
        var limits = SeriesLimits()
        (limits.series, limits.minutes, limits.quarters) = (3, 60, 8)
        return limits
    }()

    private func at(_ minute: Int) -> Timestamp { Timestamp(minutes: begin + minute) }

    /// A book that was told a value at each of some minutes.
    private func book(_ values: [Int: Double], _ limits: SeriesLimits = SeriesLimits()) -> SeriesBook {
        var book = SeriesBook(limits)
        for (minute, value) in values.sorted(by: { $0.key < $1.key }) { book.take([cpu: value], at: at(minute)) }
        return book
    }

    private func points(
        _ book: SeriesBook, _ minutes: Range<Int>, step: Int = 1, of id: SeriesID? = nil
    ) throws -> SeriesPoints {
        let span = try #require(SeriesSpan(from: at(minutes.lowerBound), to: at(minutes.upperBound), step: step))
        return try #require(book.points(of: id ?? cpu, span))
    }

    // MARK: Minutes

    @Test func whatIsTakenIsToldAndGapsStayGaps() throws {
        let book = book([0: 1, 1: 2, 4: 0])
        #expect(try points(book, 0..<6).mean == [1, 2, nil, nil, 0, nil])
        #expect(try points(book, 0..<6).least == points(book, 0..<6).most)
        #expect(try points(book, 0..<6, step: 3).mean == [1.5, 0])
        #expect(try points(book, 0..<6, step: 3).least == [1, 0])
        #expect(try points(book, 0..<6, step: 3).most == [2, 0])
    }

    @Test func aSeriesThatIsNotMeasuredHasAGapBesideOthers() throws {
        var book = SeriesBook()
        book.take([cpu: 1, sales: 5], at: at(0))
        book.take([cpu: 2], at: at(1))
        book.take([cpu: 3, sales: 7, SeriesID("node:11", .queueDepth): .nan], at: at(2))
        #expect(try points(book, 0..<3, of: sales).mean == [5, nil, 7])
        #expect(book.series == [sales, cpu], "what is no number is no series")
        book.take([cpu: .infinity, sales: 1], at: at(3))
        #expect(try points(book, 3..<4).mean == [nil])
    }

    @Test func theSecondValueOfAMinuteCounts() throws {
        var book = book([0: 1])
        book.take([cpu: 4], at: Timestamp(milliseconds: at(0).milliseconds + 59_999))
        #expect(try points(book, 0..<2).mean == [4, nil])
    }

    @Test func aNegativeTimeIsTakenByNobody() {
        var book = SeriesBook()
        book.take([cpu: 1], at: Timestamp(milliseconds: -1))
        book.begin(at: Timestamp(milliseconds: -1))
        #expect(book.series.isEmpty && book.beginnings.isEmpty)
    }

    // MARK: Quarters of an hour

    @Test func aQuarterHasTheLeastTheMeanAndTheMost() throws {
        // One that is measured in full, one in part, none, and the one that is not over.
        var values = Dictionary(uniqueKeysWithValues: (0..<15).map { ($0, Double($0)) })
        values[17] = 10
        values[20] = 30
        values[46] = 1
        let book = book(values, Self.small)
        #expect(book.quarters.count == 2 && book.column(cpu)?.quarter(at: 0).least == 0)
        let first = try #require(book.column(cpu)?.quarter(at: book.quarters.place(0)))
        #expect((first.least, first.mean, first.most) == (0, 7, 14))
        let second = try #require(book.column(cpu)?.quarter(at: book.quarters.place(1)))
        #expect((second.least, second.mean, second.most) == (10, 20, 30))
        #expect(try points(book, 0..<60, step: 15).mean == [7, 20, nil, 1])
    }

    @Test func whatIsOlderThanMinutesIsToldByQuarters() throws {
        let book = book(Dictionary(uniqueKeysWithValues: (0..<120).map { ($0, Double($0 % 15)) }), Self.small)
        #expect(book.minutes.count == 60 && book.minutes.first == UInt32(begin + 60))
        #expect(try points(book, 0..<120, step: 15).mean == Array(repeating: 7, count: 8))
        #expect(try points(book, 0..<120, step: 15).least == Array(repeating: 0, count: 8))
        #expect(try points(book, 0..<120, step: 15).most == Array(repeating: 14, count: 8))
        #expect(try points(book, 0..<120, step: 60).mean == [7, 7])
        #expect(book.finestStep(from: at(0)) == 15 && book.finestStep(from: at(60)) == 1)
        #expect(try points(book, 60..<64).mean == [0, 1, 2, 3])
    }

    @Test func nothingCountsTwiceWhereQuartersEndAndMinutesBegin() throws {
        // 65 minutes of which 60 are kept: the first quarter is told as a whole though a part of its minutes is there.
        let book = book(Dictionary(uniqueKeysWithValues: (0..<65).map { ($0, 1.0) }), Self.small)
        #expect(book.minutes.first == UInt32(begin + 5))
        let told = try points(book, 0..<65, step: 5)
        #expect(told.mean == [1, nil, nil] + Array(repeating: 1, count: 10))
        // Of a new book there is no quarter before the minutes.
        let young = SeriesBookTests().book([5: 1, 6: 2])
        #expect(try points(young, 0..<10).mean == [nil, nil, nil, nil, nil, 1, 2, nil, nil, nil])
        #expect(young.finestStep(from: at(-10_000)) == 1)
        let hour = SeriesBookTests().book(Dictionary(uniqueKeysWithValues: (5..<65).map { ($0, 1.0) }))
        #expect(hour.quarters.count == 4 && hour.finestStep(from: at(-10_000)) == 1, "minutes are all there is")
    }

    @Test func theOldestQuartersGo() throws {
        let book = book(Dictionary(uniqueKeysWithValues: (0..<300).map { ($0, 1.0) }), Self.small)
        #expect(book.quarters.count == 8 && book.quarters.last == UInt32(begin / 15 + 18))
        #expect(try points(book, 0..<300, step: 60).mean == [nil, nil, 1, 1, 1])
    }

    @Test func aBookOfANodeHoldsTwoDaysAndAMonthInItsBound() {
        let limits = SeriesLimits()
        #expect(limits.minutes == 2880 && limits.quarters == 2976)
        let bytes = limits.series * 4 * (limits.minutes + 3 * limits.quarters)
        // The book, its file, and twice the file while one replaces the other.
        #expect(4 * bytes <= 64 << 20)
    }

    // MARK: The clock

    @Test func aClockThatGoesForwardLeavesAGapAndLosesNothing() throws {
        var book = book([0: 1, 1: 2])
        book.take([cpu: 3], at: at(500_000))
        #expect(try points(book, 0..<2).mean == [1, 2])
        #expect(try points(book, 500_000..<500_001).mean == [3])
        #expect(book.quarters.count == 1)
    }

    @Test func aClockThatGoesBackForgetsWhatHasNotCome() throws {
        var book = book(Dictionary(uniqueKeysWithValues: (0..<40).map { ($0, Double($0)) }))
        #expect(book.quarters.count == 2)
        book.take([cpu: 100], at: at(20))
        #expect(book.minutes.last == UInt32(begin + 20) && book.quarters.last == UInt32(begin / 15))
        #expect(try points(book, 18..<23).mean == [18, 19, 100, nil, nil])
        // The second quarter is summed up anew, of what is left of it.
        for minute in 21..<31 { book.take([cpu: 100], at: at(minute)) }
        #expect(book.quarters.count == 2)
        #expect(book.column(cpu)?.quarter(at: book.quarters.place(1)).most == 100)
        #expect(book.column(cpu)?.quarter(at: book.quarters.place(1)).least == 15)
    }

    @Test func aClockThatWasWrongForAWhileCostsThatWhile() throws {
        var book = book([0: 1, 1: 2])
        book.take([cpu: 9, sales: 9], at: at(600_000))
        book.take([cpu: 9], at: at(600_001))
        book.take([cpu: 3], at: at(4))
        #expect(try points(book, 0..<5).mean == [1, 2, nil, nil, 3])
        #expect(try points(book, 600_000..<600_002).mean == [nil, nil])
        #expect(book.extents.allSatisfy { $0.last <= at(4) })
    }

    @Test func aClockThatGoesBackBeforeEverythingBeginsAnew() throws {
        var book = book([100: 1, 101: 2])
        book.take([cpu: 3], at: at(0))
        #expect(book.minutes.count == 1 && book.quarters.count == 0)
        #expect(try points(book, 0..<1).mean == [3])
    }

    // MARK: Limits

    @Test func theSeriesThatWasNotMeasuredForTheLongestTimeMakesRoom() throws {
        var book = SeriesBook(Self.small)
        let ids = (0..<5).map { SeriesID("db:DB\($0)", .connections) }
        book.take([ids[0]: 1], at: at(0))
        book.take([ids[1]: 1, ids[2]: 1], at: at(1))
        #expect(book.take([ids[3]: 1, ids[1]: 1, ids[2]: 1], at: at(2)) == 0)
        #expect(book.series == [ids[1], ids[2], ids[3]])
        // All are in use: there is no room for one more.
        #expect(book.take([ids[1]: 1, ids[2]: 1, ids[3]: 1, ids[4]: 1], at: at(3)) == 1)
        #expect(book.series == [ids[1], ids[2], ids[3]])
        let span = try #require(SeriesSpan(from: at(0), to: at(5), step: 1))
        #expect(book.points(of: ids[0], span) == nil)
        #expect(try points(book, 0..<4, of: ids[2]).mean == [nil, 1, 1, 1])
    }

    @Test func aSeriesThatTakesAnothersPlaceHasNothingOfIt() throws {
        var book = SeriesBook(Self.small)
        let ids = (0..<4).map { SeriesID("db:DB\($0)", .connections) }
        book.take([ids[0]: 1, ids[1]: 1, ids[2]: 1], at: at(0))
        book.take([ids[0]: 1, ids[1]: 1, ids[3]: 7], at: at(1))
        #expect(try points(book, 0..<2, of: ids[3]).mean == [nil, 7])
    }

    @Test func aNameThatIsTooLongHasNoSeries() {
        var book = SeriesBook()
        let id = SeriesID("db:" + String(repeating: "X", count: 254), .connections)
        #expect(book.take([id: 1, cpu: 1], at: at(0)) == 1)
        #expect(book.series == [cpu])
    }

    @Test func namesOfWhatIsGoneAgeOut() throws {
        var book = SeriesBook(Self.small)
        book.take([cpu: 1, sales: 1], at: at(0))
        for minute in 1..<150 { book.take([cpu: 1], at: at(minute)) }
        #expect(book.series == [cpu], "nothing is known any more of what was not measured for 8 quarters")
        #expect(try points(book, 140..<141).mean == [1])
    }

    // MARK: Reading

    @Test func aListSaysSinceWhenAndUntilWhenSomethingIsKnown() {
        var book = book(Dictionary(uniqueKeysWithValues: (0..<100).map { ($0, 1.0) }), Self.small)
        book.take([cpu: 1, sales: 1], at: at(100))
        book.take([cpu: 1], at: at(101))
        #expect(
            book.extents == [
                SeriesBook.Extent(id: sales, first: at(100), last: at(100)),
                SeriesBook.Extent(id: cpu, first: at(0), last: at(101)),
            ])
    }

    @Test func beginningsAreKeptInOrderAndWithABound() {
        var book = SeriesBook()
        for minute in 0..<600 { book.begin(at: at(minute)) }
        #expect(book.beginnings.count == 500 && book.beginnings.last == at(599))
        book.begin(at: at(300))
        #expect(book.beginnings.last == at(300) && book.beginnings.count == 201)
    }

    @Test func aSpanIsTheOneAskedForAndHasABound() throws {
        let from = Timestamp(milliseconds: at(0).milliseconds + 30_000)
        let span = try #require(SeriesSpan(from: from, to: at(10), step: 3))
        #expect(span.from == at(0) && span.to == at(10) && span.count == 4)
        #expect(SeriesSpan(from: at(0), to: at(500), step: 1)?.count == 500)
        #expect(SeriesSpan(from: at(0), to: at(501), step: 1) == nil)
        #expect(
            SeriesSpan(from: at(0), to: at(0), step: 1) == nil && SeriesSpan(from: at(1), to: at(0), step: 1) == nil)
        #expect(SeriesSpan(from: at(0), to: at(1), step: 0) == nil)
        for (minutes, step) in [(60, 1), (500, 2), (1440, 5), (10_080, 30), (44_640, 120), (10_000_000, 20_160)] {
            let good = SeriesSpan.step(from: at(0), to: at(minutes))
            #expect(good == step && SeriesSpan(from: at(0), to: at(minutes), step: good) != nil, "\(minutes)")
        }
        #expect(SeriesSpan.step(from: at(0), to: at(60), atLeast: 15) == 15)
    }

    @Test func idsAreReadAsTheyAreWritten() {
        for id in [cpu, sales, SeriesID("disk:11-store", .usedBytes), SeriesID("a:b:c", .sizeBytes)] {
            #expect(SeriesID(id.description) == id)
        }
        for text in ["", ":", ":cpu_ratio", "cpu_ratio", "node:11:", "node:11:sunrise", "node:11:cpu_ratio:"] {
            #expect(SeriesID(text) == nil, "\(text)")
        }
    }
}
