package org.myonode.crossvalidation.contours;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.myonode.db.ContourReceipt;
import org.myonode.db.ContourSlice;
import org.myonode.db.ExpertContour;
import org.myonode.db.ExpertContours;
import org.myonode.db.KeptObject;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomException;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.workers.volume.HuSlice;
import org.myonode.workers.volume.ImageHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts contours that were read into the ledger of expert contours, from files and from what the listener received.
 *
 * <p>Thread-safe.
 */
public final class ContourStore {

    private static final Logger log = LoggerFactory.getLogger(ContourStore.class);

    private static final int AT_A_TIME = 50;

    private static final List<String> READ =
            List.of(UID.RTStructureSetStorage, UID.SegmentationStorage, SegFrames.LABELMAP);

    private final ExpertContours contours;
    private final Optional<ReceivedCorrections> corrections;
    private final Clock clock;

    /** A store that takes contours by rules alone. */
    public ContourStore(ExpertContours contours, Clock clock) {
        this(contours, Optional.empty(), clock);
    }

    /** @param corrections has a look at each received object first: one that corrects a result of ours is its */
    public ContourStore(ExpertContours contours, Optional<ReceivedCorrections> corrections, Clock clock) {
        this.contours = contours;
        this.corrections = corrections;
        this.clock = clock;
    }

    /**
     * Stores one contour.
     *
     * @param source the file it came in
     * @param provenance where it comes from, such as {@code received from AE}
     * @throws IOException when the image or the file cannot be read
     */
    public ContourReceipt store(ContourOutcome.Read read, Path source, String provenance) throws IOException {
        return contours.add(slice(read.image(), provenance), contour(read, source));
    }

    /** The image of a contour with its values. */
    static ContourSlice slice(ImageHeader image, String provenance) throws IOException {
        HuSlice values = CtImages.values(image);
        DataSet data = Part10.readHeader(image.file()).dataSet();
        return new ContourSlice(
                image.sopInstanceUid(),
                image.studyUid(),
                image.seriesUid(),
                image.frameOfReferenceUid(),
                patientKey(data),
                ImagePlane.of(image).orElseThrow().zMm(),
                values.rows(),
                values.columns(),
                values.rowSpacingMm(),
                values.columnSpacingMm(),
                image.sliceThicknessMm(),
                String.join("\\", image.kernels()),
                isPhantom(data) ? "phantom, " + provenance : provenance,
                values.hu());
    }

    /** A contour with where it came from. */
    static ExpertContour contour(ContourOutcome.Read read, Path source) throws IOException {
        String sha256 = sha256(Files.readAllBytes(source));
        String name = String.valueOf(source.getFileName()).toLowerCase(Locale.ROOT);
        boolean nifti = name.endsWith(".nii") || name.endsWith(".nii.gz");
        String kind = "NIFTI";
        String uid = sha256;
        if (!nifti) {
            var header = Part10.readHeader(source);
            kind = SegFrames.isSegmentation(header.sopClassUid()) ? "SEG" : "RTSTRUCT";
            uid = header.sopInstanceUid();
        }
        return new ExpertContour(
                read.image().sopInstanceUid(),
                read.observer(),
                read.structure(),
                read.mask().pixels(),
                read.areaCm2(),
                kind,
                uid,
                sha256);
    }

    /** The phantoms of this program say so in the name of the manufacturer's model. */
    private static boolean isPhantom(DataSet data) {
        return (data.text(Tag.ManufacturerModelName).orElse("") + " "
                        + data.text(Tag.PatientName).orElse(""))
                .toLowerCase(Locale.ROOT)
                .contains("phantom");
    }

    /**
     * A digest that groups what belongs to one patient and names nobody: of Patient ID and its issuer, or of the study
     * where there is no Patient ID.
     */
    static String patientKey(DataSet data) {
        Optional<String> id = data.text(Tag.PatientID);
        String text = id.isPresent()
                ? id.get() + "\\" + data.text(Tag.IssuerOfPatientID).orElse("")
                : data.text(Tag.StudyInstanceUID).orElse("");
        return sha256(("myonode patient " + text).getBytes(StandardCharsets.UTF_8))
                .substring(0, 16);
    }

    /**
     * Looks at structure sets and segmentations that the listener received since the last time: takes those that correct
     * a result of ours, and of the others what the rules say. An object whose images are not here waits for them.
     *
     * @return one line for each object
     */
    public List<String> takeReceived(List<ContourRule> rules) {
        List<String> lines = new ArrayList<>();
        if (rules.isEmpty() && corrections.isEmpty()) {
            return lines;
        }
        for (KeptObject object : contours.unsettled(READ, AT_A_TIME)) {
            if (!Files.isRegularFile(object.path())) {
                log.debug("study={} {} is not a file yet", object.studyUid(), object.sopInstanceUid());
                continue;
            }
            Instant asOf = clock.instant();
            Verdict verdict = verdict(object, rules);
            if (verdict.outcome().equals(Verdict.LATER)) {
                log.debug("study={} {} later: {}", object.studyUid(), object.sopInstanceUid(), verdict.detail());
                continue;
            }
            if (!verdict.isSettled()) {
                contours.settle(object.sopInstanceUid(), verdict.studyUid(), verdict.outcome(), verdict.detail(), asOf);
            }
            String line = verdict.outcome() + " " + object.sopInstanceUid() + " from "
                    + object.callingAeTitle().strip() + ": " + verdict.detail();
            log.info("study={} contours {}", verdict.studyUid(), line);
            lines.add(line);
        }
        return lines;
    }

    private Verdict verdict(KeptObject object, List<ContourRule> rules) {
        try {
            CtImages images = CtImages.of(contours.images(object.studyUid(), UID.CTImageStorage));
            Optional<Verdict> correction =
                    corrections.isPresent() ? corrections.get().consider(object, images, rules) : Optional.empty();
            if (correction.isPresent()) {
                return correction.get();
            }
            List<ContourOutcome> outcomes =
                    new ContourReader(rules, object.callingAeTitle().strip()).read(object.path(), images);
            List<String> details = new ArrayList<>();
            String outcome = take(object, outcomes, details);
            return new Verdict(
                    outcome, object.studyUid(), details.stream().distinct().collect(Collectors.joining("; ")));
        } catch (IOException | DicomException | IllegalArgumentException e) {
            return new Verdict("REFUSED", object.studyUid(), String.valueOf(e.getMessage()));
        }
    }

    private String take(KeptObject object, List<ContourOutcome> outcomes, List<String> details) throws IOException {
        int taken = 0;
        boolean waiting = false;
        boolean refused = false;
        for (ContourOutcome outcome : outcomes) {
            if (outcome instanceof ContourOutcome.Read read) {
                ContourReceipt receipt = store(
                        read,
                        object.path(),
                        "received from " + object.callingAeTitle().strip());
                refused |= receipt instanceof ContourReceipt.Refused;
                taken += receipt instanceof ContourReceipt.Refused ? 0 : 1;
                details.add(describe(read, receipt));
            } else if (outcome instanceof ContourOutcome.Waiting wait) {
                waiting = true;
                details.add(wait.drawing() + ": " + wait.reason());
            } else if (outcome instanceof ContourOutcome.Refused no) {
                refused = true;
                details.add(no.drawing() + ": " + no.reason());
            } else if (outcome instanceof ContourOutcome.Ignored none) {
                details.add(none.drawing() + ": " + none.reason());
            }
        }
        if (waiting) {
            return "WAITING";
        }
        return taken > 0 ? "TAKEN" : refused ? "REFUSED" : "IGNORED";
    }

    /** One line on one contour. */
    public static String describe(ContourOutcome.Read read, ContourReceipt receipt) {
        String what = String.format(
                Locale.ROOT,
                "%s of %s on %s at z %.1f mm, %.1f cm\u00b2",
                read.structure(),
                read.observer(),
                read.image().sopInstanceUid(),
                ImagePlane.of(read.image()).orElseThrow().zMm(),
                read.areaCm2());
        if (receipt instanceof ContourReceipt.Stored stored) {
            return what + ", version " + stored.version();
        }
        if (receipt instanceof ContourReceipt.Unchanged unchanged) {
            return what + ", unchanged since version " + unchanged.version();
        }
        return what + ", refused: " + ((ContourReceipt.Refused) receipt).reason();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
