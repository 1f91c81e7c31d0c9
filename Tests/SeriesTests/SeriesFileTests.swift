import Testing
import Values

@testable import Series

struct SeriesFileTests {
    private let cpu = SeriesID("node:11", .cpuRatio)
    private let sales = SeriesID("db:SALES", .connections)
    private let begin = 29_000_010

    private func at(_ minute: Int) -> Timestamp { Timestamp(minutes: begin + minute) }

    private static let small: SeriesLimits = {
        var limits = SeriesLimits()
        (limits.series, limits.minutes, limits.quarters) = (3, 60, 8)
        return limits
    }()

    private func sample(_ limits: SeriesLimits = small, minutes: Int = 100) -> SeriesBook {
        var book = SeriesBook(limits)
        book.begin(at: at(0))
        for minute in 0..<minutes where minute % 7 != 3 {
            book.take(minute % 5 == 0 ? [cpu: Double(minute), sales: 1] : [cpu: Double(minute)], at: at(minute))
        }
        return book
    }

    private func told(_ book: SeriesBook, _ id: SeriesID) throws -> SeriesPoints? {
        book.points(of: id, try #require(SeriesSpan(from: at(0), to: at(200), step: 1)))
    }

    @Test func whatIsReadIsWhatWasWritten() throws {
        let book = sample()
        let read = try SeriesBook(file: book.file, Self.small)
        #expect(read.extents == book.extents && read.beginnings == book.beginnings && read.file == book.file)
        for id in [cpu, sales] { #expect(try told(read, id) == told(book, id)) }
        let empty = try SeriesBook(file: SeriesBook().file)
        #expect(empty.series.isEmpty && empty.extents.isEmpty)
    }

    @Test func aBookGoesOnAfterARestartAsIfThereHadBeenNone() throws {
        var (whole, parted) = (sample(minutes: 10), sample(minutes: 10))
        for minute in 10..<150 {
            if [12, 15, 29, 30, 77, 120].contains(minute) { parted = try SeriesBook(file: parted.file, Self.small) }
            for id in [cpu, sales] {
                whole.take([id: Double(minute)], at: at(minute))
                parted.take([id: Double(minute)], at: at(minute))
            }
        }
        #expect(parted.file == whole.file)
    }

    @Test func timeBetweenTwoRunsIsAGap() throws {
        var book = try SeriesBook(file: sample(minutes: 20).file, Self.small)
        book.take([cpu: 5], at: at(50))
        #expect(book.quarters.count == 2, "what was measured of the second quarter was summed up")
        let span = try #require(SeriesSpan(from: at(0), to: at(60), step: 15))
        let means = try #require(book.points(of: cpu, span)).mean
        #expect(means[1] != nil && means[2] == nil && means[3] == 5)
    }

    @Test func smallerLimitsTakeTheNewest() throws {
        var limits = Self.small
        (limits.series, limits.minutes, limits.quarters) = (1, 20, 2)
        let big = sample()
        let read = try SeriesBook(file: big.file, limits)
        #expect(read.series.count == 1 && read.minutes.count == 20 && read.quarters.count == 2)
        #expect(read.minutes.last == big.minutes.last && read.quarters.last == big.quarters.last)
        let id = try #require(read.series.first)
        let span = try #require(SeriesSpan(from: at(90), to: at(100), step: 1))
        #expect(read.points(of: id, span) == big.points(of: id, span))
    }

    @Test func aFileThatWasCutIsTorn() {
        let file = sample().file
        for length in stride(from: 0, to: file.count, by: 13) {
            #expect(throws: SeriesBook.FileFault.self, "\(length) bytes") {
                try SeriesBook(file: Array(file.prefix(length)), Self.small)
            }
        }
        #expect(throws: SeriesBook.FileFault.torn) { try SeriesBook(file: file + [0], Self.small) }
    }

    @Test func everyChangedByteIsNoticed() {
        let file = sample(minutes: 17).file
        for place in file.indices {
            var changed = file
            changed[place] ^= 0x40
            #expect(throws: SeriesBook.FileFault.self, "byte \(place)") { try SeriesBook(file: changed, Self.small) }
        }
    }

    @Test func foreignFilesAndThoseOfLaterVersionsAreNamed() {
        #expect(throws: SeriesBook.FileFault.foreign) { try SeriesBook(file: Array("SQLite format 3".utf8)) }
        #expect(throws: SeriesBook.FileFault.foreign) { try SeriesBook(file: []) }
        var later = sample().file
        later[8] = 2
        #expect(throws: SeriesBook.FileFault.laterVersion(2)) { try SeriesBook(file: later) }
    }

    @Test func countsThatPromiseMoreThanThereIsAreTorn() {
        // With a checksum that fits, as somebody could make it.
        for place in stride(from: 12, to: 400, by: 4) {
            var file = Array(sample().file.dropLast(8))
            for offset in 0..<4 { file[place + offset] = 0xFF }
            let sum = SeriesBook.checksum(file[...])
            for shift in 0..<8 { file.append(UInt8(truncatingIfNeeded: sum >> (8 * UInt64(shift)))) }
            _ = try? SeriesBook(file: file, Self.small)
        }
        var file = Array(sample().file.dropLast(8))
        for offset in 0..<4 { file[12 + offset] = 0xFF }
        let sum = SeriesBook.checksum(file[...])
        for shift in 0..<8 { file.append(UInt8(truncatingIfNeeded: sum >> (8 * UInt64(shift)))) }
        #expect(throws: SeriesBook.FileFault.torn) { try SeriesBook(file: file, Self.small) }
    }

    @Test func aFullBookFitsTheFileItIsKeptIn() {
        let limits = SeriesLimits()
        let width = 4 * (limits.minutes + 3 * limits.quarters) + SeriesID.longestObject + 64
        #expect(limits.series * width + 4 * (limits.minutes + limits.quarters) + 4096 <= 16 << 20)
    }
}
