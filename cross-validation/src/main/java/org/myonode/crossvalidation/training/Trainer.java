package org.myonode.crossvalidation.training;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.myonode.workers.model.TensorFlowRuntime;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;

/**
 * One network in training: a graph with its variables and a session.
 *
 * <p>The optimiser is Adam (Kingma 2015) on the gradient clipped to a global norm. Every update waits for all
 * gradients: reference variables would otherwise be read and written in no fixed order, and two runs would differ. With
 * it, runs of the same seed and data give equal weights bit for bit on the same machine. Beside the weights an
 * exponential moving average of them is kept, which is what is served.
 *
 * <p>Not thread-safe. Closing frees native memory.
 */
public final class Trainer implements AutoCloseable {

    private static final float BETA_1 = 0.9f;
    private static final float BETA_2 = 0.99f;
    private static final float EPSILON = 1e-7f;
    private static final float CLIP_NORM = 3f;

    /** The average is refreshed every few steps: fetching the weights costs time. */
    private static final int AVERAGE_EVERY = 5;

    private static final double AVERAGE_DECAY = 0.98;

    private final Task task;
    private final Graph graph;
    private final Session session;
    private final Map<String, Layers.Trained> variables = new LinkedHashMap<>();
    private final Map<String, float[]> average = new LinkedHashMap<>();
    private final int weightCount;
    private final Placeholder<TFloat32> input;
    private final Placeholder<TFloat32> target;
    private final Placeholder<TFloat32> rate;
    private final Placeholder<TFloat32> power1;
    private final Placeholder<TFloat32> power2;
    private final Operand<TFloat32> output;
    private final Operand<TFloat32> loss;
    private final Operand<TFloat32> score;
    private final List<Op> updates = new ArrayList<>();
    private final Operand<TFloat32> lossOfUpdate;
    private final Operand<TFloat32> scoreOfUpdate;
    private long step;

    /** Loss and score of a step, before its update. */
    public record StepResult(double loss, double score) {}

    /** Builds the graph; first weights depend on the seed alone. */
    public Trainer(Task task, long seed) {
        TensorFlowRuntime.start(TensorFlowRuntime.Choice.AUTO);
        this.task = task;
        this.graph = new Graph();
        Ops tf = Ops.create(graph);
        Layers layers = new Layers(tf, seed, null);
        input = tf.placeholder(TFloat32.class, Placeholder.shape(batchOf(task.inputShape())));
        target = tf.placeholder(TFloat32.class, Placeholder.shape(batchOf(task.targetShape())));
        rate = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
        power1 = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
        power2 = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
        Operand<TFloat32> logits = task.network().build(layers, input);
        output = task.output().build(tf, logits);
        loss = task.loss().build(tf, logits, target);
        score = task.score().build(tf, logits, target);
        variables.putAll(layers.trained());
        weightCount = variables.size();
        addAdam(tf);
        Ops updated = tf.withControlDependencies(updates);
        lossOfUpdate = updated.identity(loss);
        scoreOfUpdate = updated.identity(score);
        // Remapping makes evaluation inside a training session several times slower.
        session = new Session(
                graph,
                ConfigProto.newBuilder()
                        .setGraphOptions(GraphOptions.newBuilder()
                                .setRewriteOptions(RewriterConfig.newBuilder().setRemapping(RewriterConfig.Toggle.OFF)))
                        .build());
        Map<Layers.Trained, float[]> initial = new LinkedHashMap<>();
        variables
                .values()
                .forEach(variable -> initial.put(variable, variable.initial().values()));
        assign(initial);
        resetAverage();
    }

    private void addAdam(Ops tf) {
        List<Map.Entry<String, Layers.Trained>> trained = List.copyOf(variables.entrySet());
        Output<?>[] sources = trained.stream()
                .map(entry -> entry.getValue().variable().asOutput())
                .toArray(Output<?>[]::new);
        Output<?>[] gradients = graph.addGradients(loss.asOutput(), sources);
        List<Operand<TFloat32>> all = new ArrayList<>();
        Operand<TFloat32> squares = tf.constant(1e-12f);
        for (Output<?> gradient : gradients) {
            Operand<TFloat32> operand = gradient.expect(TFloat32.class);
            all.add(operand);
            squares = tf.math.add(squares, tf.math.mul(tf.nn.l2Loss(operand), tf.constant(2f)));
        }
        Operand<TFloat32> clip =
                tf.math.minimum(tf.constant(1f), tf.math.mul(tf.constant(CLIP_NORM), tf.math.rsqrt(squares)));
        List<Op> clipped = new ArrayList<>();
        List<Operand<TFloat32>> scaled = new ArrayList<>();
        for (Operand<TFloat32> gradient : all) {
            Operand<TFloat32> value = tf.math.mul(gradient, clip);
            scaled.add(value);
            clipped.add(value);
        }
        clipped.add(loss);
        clipped.add(score);
        Ops after = tf.withControlDependencies(clipped);
        for (int i = 0; i < trained.size(); i++) {
            String name = trained.get(i).getKey();
            Layers.Trained weight = trained.get(i).getValue();
            Variable<TFloat32> first = slot(tf, "m." + name, weight);
            Variable<TFloat32> second = slot(tf, "v." + name, weight);
            updates.add(after.train.applyAdam(
                    weight.variable(),
                    first,
                    second,
                    power1,
                    power2,
                    rate,
                    tf.constant(BETA_1),
                    tf.constant(BETA_2),
                    tf.constant(EPSILON),
                    scaled.get(i)));
        }
    }

    private Variable<TFloat32> slot(Ops tf, String name, Layers.Trained weight) {
        Shape shape = Shape.of(weight.initial().shape());
        Variable<TFloat32> variable = tf.withName("var_" + name).variable(shape, TFloat32.class);
        Placeholder<TFloat32> feed = tf.placeholder(TFloat32.class, Placeholder.shape(shape));
        variables.put(
                name,
                new Layers.Trained(
                        variable,
                        feed,
                        tf.assign(variable, feed),
                        new Weights.Tensor(shape.asArray(), new float[(int) shape.size()])));
        return variable;
    }

    private static Shape batchOf(long[] shape) {
        return Shape.of(-1).append(Shape.of(shape));
    }

    private static TFloat32 tensor(long[] shape, float[] values) {
        return TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(values, true, false));
    }

    private static TFloat32 tensor(int batch, long[] shape, float[] values) {
        long[] whole = new long[shape.length + 1];
        whole[0] = batch;
        System.arraycopy(shape, 0, whole, 1, shape.length);
        return tensor(whole, values);
    }

    /** All in one call: TensorFlow prunes and compiles the graph anew for each set of targets, which costs more than it. */
    private void assign(Map<Layers.Trained, float[]> values) {
        if (values.isEmpty()) {
            return;
        }
        Session.Runner runner = session.runner();
        List<TFloat32> tensors = new ArrayList<>();
        try {
            values.forEach((variable, numbers) -> {
                TFloat32 tensor = tensor(variable.initial().shape(), numbers);
                tensors.add(tensor);
                runner.feed(variable.feed(), tensor).addTarget(variable.assign());
            });
            runner.run().close();
        } finally {
            tensors.forEach(TFloat32::close);
        }
    }

    /** Steps done so far, over all resumptions. */
    public long steps() {
        return step;
    }

    /** How many numbers are learnt. */
    public long parameters() {
        return variables.values().stream()
                .limit(weightCount)
                .mapToLong(variable -> variable.initial().values().length)
                .sum();
    }

    /** One update of the weights. */
    public StepResult step(Batch batch, double learningRate) {
        long t = step + 1;
        try (TFloat32 x = tensor(batch.size(), task.inputShape(), batch.inputs());
                TFloat32 y = tensor(batch.size(), task.targetShape(), batch.targets());
                TFloat32 lr = TFloat32.scalarOf((float) learningRate);
                TFloat32 p1 = TFloat32.scalarOf((float) Math.pow(BETA_1, t));
                TFloat32 p2 = TFloat32.scalarOf((float) Math.pow(BETA_2, t))) {
            Session.Runner runner = session.runner()
                    .feed(input, x)
                    .feed(target, y)
                    .feed(rate, lr)
                    .feed(power1, p1)
                    .feed(power2, p2)
                    .fetch(loss)
                    .fetch(score);
            updates.forEach(runner::addTarget);
            try (Result result = runner.run()) {
                StepResult values =
                        new StepResult(((TFloat32) result.get(0)).getFloat(), ((TFloat32) result.get(1)).getFloat());
                if (!Double.isFinite(values.loss())) {
                    throw new ArithmeticException("the loss of step " + t + " is not a number");
                }
                step = t;
                if (step % AVERAGE_EVERY == 0) {
                    updateAverage();
                }
                return values;
            }
        }
    }

    /** Loss and score without an update, with the weights as they are now. */
    public StepResult evaluate(Batch batch) {
        try (TFloat32 x = tensor(batch.size(), task.inputShape(), batch.inputs());
                TFloat32 y = tensor(batch.size(), task.targetShape(), batch.targets());
                Result result = session.runner()
                        .feed(input, x)
                        .feed(target, y)
                        .fetch(loss)
                        .fetch(score)
                        .run()) {
            return new StepResult(((TFloat32) result.get(0)).getFloat(), ((TFloat32) result.get(1)).getFloat());
        }
    }

    /** The served output for some inputs, with the weights as they are now. */
    public float[] predict(float[] inputs, int batch) {
        try (TFloat32 x = tensor(batch, task.inputShape(), inputs);
                Result result = session.runner().feed(input, x).fetch(output).run()) {
            return values((TFloat32) result.get(0));
        }
    }

    private static float[] values(TFloat32 tensor) {
        float[] values = new float[(int) tensor.size()];
        tensor.asRawTensor().data().asFloats().read(values);
        return values;
    }

    private Map<String, float[]> fetch(int count) {
        List<Map.Entry<String, Layers.Trained>> wanted =
                variables.entrySet().stream().limit(count).toList();
        Session.Runner runner = session.runner();
        wanted.forEach(entry -> runner.fetch(entry.getValue().variable()));
        Map<String, float[]> values = new LinkedHashMap<>();
        try (Result result = runner.run()) {
            for (int i = 0; i < wanted.size(); i++) {
                values.put(wanted.get(i).getKey(), values((TFloat32) result.get(i)));
            }
        }
        return values;
    }

    private void resetAverage() {
        average.clear();
        average.putAll(fetch(weightCount));
    }

    private void updateAverage() {
        // A young average follows faster, or the random start would stay in it for long.
        double updates = (double) step / AVERAGE_EVERY;
        double decay = Math.min(AVERAGE_DECAY, updates / (updates + 9));
        fetch(weightCount).forEach((name, now) -> {
            float[] mean = java.util.Objects.requireNonNull(average.get(name));
            for (int i = 0; i < mean.length; i++) {
                mean[i] = (float) (decay * mean[i] + (1 - decay) * now[i]);
            }
        });
    }

    /** The weights as they are now. */
    public Weights weights() {
        return named(fetch(weightCount));
    }

    /** The moving average of the weights, which is better than the last ones. */
    public Weights averageWeights() {
        return named(average);
    }

    private Weights named(Map<String, float[]> values) {
        Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
        values.forEach((name, array) -> tensors.put(
                name,
                new Weights.Tensor(
                        java.util.Objects.requireNonNull(variables.get(name))
                                .initial()
                                .shape(),
                        array.clone())));
        return new Weights(step, tensors);
    }

    /** What the network asks for: name to shape. */
    public Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        variables.entrySet().stream()
                .limit(weightCount)
                .forEach(entry -> shapes.put(
                        entry.getKey(), entry.getValue().initial().shape().clone()));
        return shapes;
    }

    /**
     * Takes over weights with the same name and shape, as fine-tuning does; the optimiser starts afresh.
     *
     * @return how many tensors were taken over
     */
    public int adopt(Weights weights) {
        return adopted(weights).size();
    }

    /** As {@link #adopt}, but says the names of what was taken over. */
    List<String> adopted(Weights weights) {
        List<String> taken = new ArrayList<>();
        Map<Layers.Trained, float[]> values = new LinkedHashMap<>();
        for (Map.Entry<String, Layers.Trained> entry :
                variables.entrySet().stream().limit(weightCount).toList()) {
            Weights.Tensor tensor = weights.tensors().get(entry.getKey());
            if (tensor != null
                    && java.util.Arrays.equals(
                            tensor.shape(), entry.getValue().initial().shape())) {
                values.put(entry.getValue(), tensor.values());
                taken.add(entry.getKey());
            }
        }
        assign(values);
        resetAverage();
        return taken;
    }

    /** Writes all that a later process needs to go on as if nothing had happened. */
    public void checkpoint(Path file) throws IOException {
        Map<String, Weights.Tensor> tensors =
                new LinkedHashMap<>(named(fetch(variables.size())).tensors());
        named(average).tensors().forEach((name, tensor) -> tensors.put("average." + name, tensor));
        new Weights(step, tensors).write(file);
    }

    /** Goes on from a checkpoint of the same task. */
    public void resume(Path file) throws IOException {
        Weights saved = Weights.read(file);
        Map<Layers.Trained, float[]> values = new LinkedHashMap<>();
        for (Map.Entry<String, Layers.Trained> entry : variables.entrySet()) {
            Weights.Tensor tensor = saved.tensors().get(entry.getKey());
            if (tensor == null
                    || !java.util.Arrays.equals(
                            tensor.shape(), entry.getValue().initial().shape())) {
                throw new IOException(file + " is a checkpoint of another network: no " + entry.getKey());
            }
            values.put(entry.getValue(), tensor.values());
        }
        assign(values);
        average.clear();
        saved.part("average.")
                .tensors()
                .forEach((name, tensor) -> average.put(name, tensor.values().clone()));
        step = saved.step();
    }

    /**
     * Writes a SavedModel in which the weights are constants: {@code serving_default} with one tensor {@code input} in
     * and one, {@code output}, out.
     *
     * @param shape shape of one input; null for the one of training
     */
    public static void exportFrozen(Task task, Weights weights, Path folder, long @Nullable [] shape)
            throws IOException {
        TensorFlowRuntime.start(TensorFlowRuntime.Choice.AUTO);
        try (Graph graph = new Graph()) {
            Ops tf = Ops.create(graph);
            Shape batch = batchOf(shape == null ? task.inputShape() : shape);
            Operand<TFloat32> input = tf.withName("input").placeholder(TFloat32.class, Placeholder.shape(batch));
            Operand<TFloat32> logits = task.network().build(new Layers(tf, 0, weights), input);
            Operand<TFloat32> output =
                    tf.withName("output").identity(task.output().build(tf, logits));
            MetaGraphDef meta = MetaGraphDef.newBuilder()
                    .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder().addTags("serve"))
                    .setGraphDef(graph.toGraphDef())
                    .putSignatureDef(
                            "serving_default",
                            SignatureDef.newBuilder()
                                    .setMethodName("tensorflow/serving/predict")
                                    .putInputs("input", info(input))
                                    .putOutputs("output", info(output))
                                    .build())
                    .build();
            SavedModel model = SavedModel.newBuilder()
                    .setSavedModelSchemaVersion(1)
                    .addMetaGraphs(meta)
                    .build();
            Files.createDirectories(folder);
            write(model, folder.resolve("saved_model.pb"));
        }
    }

    /** TensorFlow hands out attributes in an order that changes from run to run; equal weights make equal files. */
    private static void write(SavedModel model, Path file) throws IOException {
        byte[] bytes = new byte[model.getSerializedSize()];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.useDeterministicSerialization();
        model.writeTo(out);
        out.checkNoSpaceLeft();
        Files.write(file, bytes);
    }

    /**
     * Writes a SavedModel that can be trained further without this program: variables with these weights, an optimiser at
     * its beginning, and three signatures. {@code serving_default} takes {@code input} and gives {@code output};
     * {@code eval} takes {@code input} and {@code target} and gives {@code loss} and {@code score}; {@code train_step}
     * takes {@code learning_rate}, {@code beta1_power} and {@code beta2_power} too, updates the variables and gives loss
     * and score from before the update. The powers are {@value #BETA_1} and {@value #BETA_2} to the number of the update,
     * counted from 1 (Adam, Kingma 2015).
     *
     * <p>Equal weights make equal files.
     */
    public static void exportTrainable(Task task, Weights weights, Path folder) throws IOException {
        try (Trainer trainer = new Trainer(task, 0)) {
            trainer.adopt(weights);
            Signature serve = Signature.builder("serving_default")
                    .methodName("tensorflow/serving/predict")
                    .input("input", trainer.input)
                    .output("output", trainer.output)
                    .build();
            Signature eval = Signature.builder("eval")
                    .input("input", trainer.input)
                    .input("target", trainer.target)
                    .output("loss", trainer.loss)
                    .output("score", trainer.score)
                    .build();
            Signature train = Signature.builder("train_step")
                    .input("input", trainer.input)
                    .input("target", trainer.target)
                    .input("learning_rate", trainer.rate)
                    .input("beta1_power", trainer.power1)
                    .input("beta2_power", trainer.power2)
                    .output("loss", trainer.lossOfUpdate)
                    .output("score", trainer.scoreOfUpdate)
                    .build();
            SavedModelBundle.exporter(folder.toString())
                    .withSession(trainer.session)
                    .withSignatures(serve, eval, train)
                    .export();
        }
        Path graph = folder.resolve("saved_model.pb");
        write(SavedModel.parseFrom(Files.readAllBytes(graph)), graph);
    }

    private static TensorInfo info(Operand<TFloat32> operand) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long size : operand.shape().asArray()) {
            shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
        }
        return TensorInfo.newBuilder()
                .setName(operand.op().name() + ":0")
                .setDtype(DataType.DT_FLOAT)
                .setTensorShape(shape)
                .build();
    }

    /**
     * The weights inside a frozen SavedModel, to fine-tune from: a package needs no second copy of them.
     *
     * @throws IOException when the file is no SavedModel that {@link #exportFrozen} wrote
     */
    public static Weights weightsOf(Path savedModelFolder) throws IOException {
        SavedModel model = SavedModel.parseFrom(Files.readAllBytes(savedModelFolder.resolve("saved_model.pb")));
        Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
        for (org.tensorflow.proto.NodeDef node :
                model.getMetaGraphs(0).getGraphDef().getNodeList()) {
            int at = node.getName().indexOf("const_");
            if (at != 0 || !node.getOp().equals("Const")) {
                continue;
            }
            org.tensorflow.proto.TensorProto proto =
                    node.getAttrOrThrow("value").getTensor();
            long[] shape = proto.getTensorShape().getDimList().stream()
                    .mapToLong(TensorShapeProto.Dim::getSize)
                    .toArray();
            int count = (int) Shape.of(shape).size();
            float[] values = new float[count];
            ByteString content = proto.getTensorContent();
            if (content.isEmpty()) {
                // Equal or single values are written once.
                for (int i = 0; i < count; i++) {
                    values[i] = proto.getFloatValCount() == 0
                            ? 0
                            : proto.getFloatVal(Math.min(i, proto.getFloatValCount() - 1));
                }
            } else {
                content.asReadOnlyByteBuffer()
                        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer()
                        .get(values);
            }
            tensors.put(node.getName().substring("const_".length()), new Weights.Tensor(shape, values));
        }
        if (tensors.isEmpty()) {
            throw new IOException(savedModelFolder + " holds no weights by the names of this program");
        }
        return new Weights(0, tensors);
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
