"""Edits an object of ours as a program does that was not written with it: edit.py IN OUT UID COLUMN ROW SIZE

Cuts a square of SIZE pixels at COLUMN, ROW out of the muscle: of a segmentation its bits, of a structure set by one more
contour. The copy has its own UIDs and says who made it; the region of a structure set gets another name, and the file says
which structure set it began with.
"""
import sys
import pydicom
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

source, target, uid, column, row, size = sys.argv[1:4] + [int(text) for text in sys.argv[4:7]]
data = pydicom.dcmread(source)
if data.Modality == "SEG":
    bits = bytearray(data.PixelData)
    for y in range(row, row + size):
        for x in range(column, column + size):
            pixel = y * data.Columns + x
            bits[pixel >> 3] &= ~(1 << (pixel & 7)) & 0xFF
    data.PixelData = bytes(bits)
    data.SegmentSequence[0].SegmentAlgorithmType = "MANUAL"
    data.ContentCreatorName = "Sommer^Kai"
else:
    image = pydicom.dcmread(sys.argv[7], stop_before_pixels=True)
    position = [float(v) for v in image.ImagePositionPatient]
    cosines = [float(v) for v in image.ImageOrientationPatient]
    spacing = [float(v) for v in image.PixelSpacing]
    points = []
    for dx, dy in ((0, 0), (size, 0), (size, size), (0, size)):
        x, y = (column - 0.5 + dx) * spacing[1], (row - 0.5 + dy) * spacing[0]
        points += ["%.3f" % (position[a] + x * cosines[a] + y * cosines[3 + a]) for a in range(3)]
    contours = data.ROIContourSequence[0].ContourSequence
    hole = Dataset()
    hole.ContourImageSequence = contours[0].ContourImageSequence
    hole.ContourGeometricType = "CLOSED_PLANAR"
    hole.NumberOfContourPoints = 4
    hole.ContourData = points
    contours.append(hole)
    data.StructureSetROISequence[0].ROIName = "edited"
    data.StructureSetROISequence[0].ROIGenerationAlgorithm = "MANUAL"
    begun = Dataset()
    begun.ReferencedSOPClassUID = data.SOPClassUID
    begun.ReferencedSOPInstanceUID = data.SOPInstanceUID
    data.add_new(0x30060018, "SQ", Sequence([begun]))
    data.OperatorsName = "Winter^Lea"
data.Manufacturer = "ACME"
data.ManufacturerModelName = "Script"
data.SOPInstanceUID = uid
data.file_meta.MediaStorageSOPInstanceUID = uid
data.SeriesInstanceUID = uid + ".1"
data.save_as(target)
