extension SeriesBook {
    /// Why a file is no book.
    package enum FileFault: Error, Hashable, CustomStringConvertible {
        /// It does not begin as one, or is not what was written.
        case foreign, torn
        case laterVersion(Int)

        /// What is wrong, as the end of a sentence.
        package var description: String {
            switch self {
            case .foreign: "it is no file of figures"
            case .torn: "it is damaged"
            case .laterVersion(let version): "it is of a later version (\(version))"
            }
        }
    }

    private static let mark = Array("CNFDSERI".utf8)
    private static let version: UInt32 = 1

    /// The book as a file: mark, version, what is in it, and a checksum over all of that.
    package var file: [UInt8] {
        let width = 4 * (minutes.count + 3 * quarters.count)
        var writer = LittleEndianWriter(
            capacity: 64 + 4 * (minutes.count + quarters.count) + columns.count * (width + 128))
        writer.bytes += Self.mark
        writer.add(Self.version)
        writer.add((0..<minutes.count).map { minutes[$0] })
        writer.add((0..<quarters.count).map { quarters[$0] })
        writer.add(starts)
        writer.add(UInt32(columns.count))
        let minutePlaces = (0..<minutes.count).map { minutes.place($0) }
        let quarterPlaces = (0..<quarters.count).map { quarters.place($0) }
        for column in columns {
            let name = Array(column.id.description.utf8)
            writer.add(UInt32(name.count))
            writer.bytes += name
            writer.add(column.last)
            for place in minutePlaces { writer.add(column.minutes[place].bitPattern) }
            for place in quarterPlaces { writer.add(column.least[place].bitPattern) }
            for place in quarterPlaces { writer.add(column.mean[place].bitPattern) }
            for place in quarterPlaces { writer.add(column.most[place].bitPattern) }
        }
        let checksum = Self.checksum(writer.bytes[...])
        writer.add(UInt32(truncatingIfNeeded: checksum))
        writer.add(UInt32(truncatingIfNeeded: checksum >> 32))
        return writer.bytes
    }

    /// The book of a file. Of what is more than the limits allow, the newest is taken.
    ///
    /// - Throws: ``FileFault`` for bytes that ``file`` did not write, whatever they are.
    package init(file bytes: [UInt8], _ limits: SeriesLimits = SeriesLimits()) throws(FileFault) {
        self.init(limits)
        var reader = LittleEndianReader(bytes)
        guard reader.bytes(Self.mark.count) == Self.mark[...] else { throw .foreign }
        guard let version = reader.number() else { throw .torn }
        if version > Self.version { throw .laterVersion(Int(version)) }
        guard bytes.count > 8, reader.end(before: 8), let sum = reader.checksum,
            Self.checksum(bytes.dropLast(8)) == sum
        else { throw .torn }
        guard let minutes = reader.axis(), let quarters = reader.axis(), let starts = reader.axis(),
            let count = reader.number()
        else { throw .torn }
        restore(minutes: minutes, quarters: quarters)
        for start in starts { add(start: start) }
        for _ in 0..<count {
            guard let length = reader.number(), let name = reader.bytes(Int(length)), let last = reader.number(),
                let values = reader.numbers(minutes.count), let least = reader.numbers(quarters.count),
                let mean = reader.numbers(quarters.count), let most = reader.numbers(quarters.count)
            else { throw .torn }
            // A later version may have figures this one does not know.
            guard let id = SeriesID(String(decoding: name, as: UTF8.self)) else { continue }
            var column = SeriesColumn(id, minutes: limits.minutes, quarters: limits.quarters)
            column.last = last
            for (position, value) in values.suffix(limits.minutes).enumerated() {
                column.set(Float(bitPattern: value), at: self.minutes.place(position))
            }
            let skipped = max(0, quarters.count - limits.quarters)
            for position in 0..<self.quarters.count {
                let index = position + skipped
                column.setQuarter(
                    Spread(
                        least: Float(bitPattern: least[index]), mean: Float(bitPattern: mean[index]),
                        most: Float(bitPattern: most[index]), weight: 15), at: self.quarters.place(position))
            }
            restore(column)
        }
        guard reader.isAtEnd else { throw .torn }
    }

    /// FNV-1a over eight bytes at a time: it finds what a crash or a disk does, and is no secret.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.withUnsafeBytes { raw in
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            var offset = 0
            while offset + 8 <= raw.count {
                let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                hash = (hash ^ word) &* 0x100_0000_01B3
                hash ^= hash >> 29
                offset += 8
            }
            for byte in raw[offset...] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            return hash ^ UInt64(raw.count)
        }
    }
}
