// The gradients alone, so that layers, converter and WebGL stay out of the bundle.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
