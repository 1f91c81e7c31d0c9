extension AllocationTable {
    /// All pieces of a device that are given out, by offset.
    func extents(of device: String) -> [Extent] {
        volumes.values.flatMap { $0.segments.values.joined() }.filter { $0.device == device }
            .sorted { $0.offset < $1.offset }
    }

    /// Bytes of a device that are not given out.
    func free(of device: String) -> Int {
        (devices[device]?.size ?? 0) - extents(of: device).reduce(0) { $0 + $1.length }
    }

    /// Bytes new segments can have on the devices of a disk, those out of service left out.
    func free(on disk: String) -> Int { usable(on: disk).reduce(0) { $0 + free(of: $1) } }

    /// Gives a segment a length: takes pieces of the disk's devices, first fit in the order of their names, or gives
    /// the last ones back.
    ///
    /// - Returns: False when there is too little space; then nothing was changed.
    mutating func resize(_ segment: Int, of volume: String, to bytes: Int, on disk: String) -> Bool {
        let present = volumes[volume]?.segments[segment] ?? []
        let length = present.reduce(0) { $0 + $1.length }
        if bytes <= length {
            volumes[volume]?.segments[segment] = bytes == 0 ? nil : Self.cut(present, to: bytes)
            return true
        }
        guard let more = pieces(bytes - length, on: disk) else { return false }
        volumes[volume]?.segments[segment] = Self.joined(present + more)
        return true
    }

    private func usable(on disk: String) -> [String] {
        devices.filter { $0.value.disk == disk && !$0.value.isDisabled && !$0.value.isReadOnly }.keys.sorted()
    }

    private func pieces(_ bytes: Int, on disk: String) -> [Extent]? {
        var missing = bytes
        var pieces: [Extent] = []
        for device in usable(on: disk) where missing > 0 {
            for gap in gaps(of: device) where missing > 0 {
                let length = min(gap.count, missing)
                pieces.append(Extent(device: device, offset: gap.lowerBound, length: length))
                missing -= length
            }
        }
        return missing == 0 ? pieces : nil
    }

    private func gaps(of device: String) -> [Range<Int>] {
        var gaps: [Range<Int>] = []
        var next = 0
        for extent in extents(of: device) {
            if extent.offset > next { gaps.append(next..<extent.offset) }
            next = max(next, extent.end)
        }
        let size = devices[device]?.size ?? 0
        if size > next { gaps.append(next..<size) }
        return gaps
    }

    private static func cut(_ extents: [Extent], to bytes: Int) -> [Extent] {
        var left = bytes
        return extents.compactMap { extent in
            guard left > 0 else { return nil }
            var piece = extent
            piece.length = min(extent.length, left)
            left -= piece.length
            return piece
        }
    }

    private static func joined(_ extents: [Extent]) -> [Extent] {
        extents.reduce(into: []) { list, extent in
            if let last = list.last, last.device == extent.device, last.end == extent.offset {
                list[list.count - 1].length += extent.length
            } else {
                list.append(extent)
            }
        }
    }
}
