"""Names for synthetic customers; combined by chance, they mean nobody."""

FIRST_NAMES = {
    "en": (
        "Alice", "Amir", "Brian", "Carol", "Chloe", "Daniel", "Denise", "Emma", "Eric", "Fiona",
        "George", "Grace", "Hannah", "Ian", "Irene", "Jacob", "Jade", "Keith", "Laura", "Liam",
        "Maya", "Noah", "Olivia", "Peter", "Priya", "Ruth", "Samuel", "Tara", "Victor", "Wendy",
    ),
    "es": (
        "Alba", "Ana", "Carmen", "Diego", "Elena", "Gabriel", "Hugo", "Inés", "Javier", "Julia",
        "Lucía", "Luis", "Marta", "Mateo", "Nuria", "Pablo", "Raúl", "Rosa", "Sara", "Tomás",
    ),
    "de": (
        "Anke", "Bernd", "Clara", "Dirk", "Eva", "Felix", "Greta", "Hanna", "Jens", "Jonas",
        "Karin", "Lukas", "Maja", "Nils", "Paula", "Rolf", "Sabine", "Till", "Ute", "Wolfgang",
    ),
}  # fmt: skip
LAST_NAMES = {
    "en": (
        "Adams", "Baker", "Bennett", "Carter", "Clark", "Cooper", "Davis", "Ellis", "Fisher",
        "Green", "Hall", "Harris", "Hughes", "Jackson", "Khan", "Lewis", "Miller", "Moore",
        "Okafor", "Parker", "Patel", "Quinn", "Reed", "Scott", "Shaw", "Taylor", "Turner",
        "Walker", "Watson", "Young",
    ),
    "es": (
        "Alonso", "Blanco", "Castro", "Díaz", "Flores", "García", "Gil", "Herrera", "Iglesias",
        "López", "Marín", "Molina", "Navarro", "Ortega", "Pérez", "Ramos", "Reyes", "Ruiz",
        "Soto", "Vega",
    ),
    "de": (
        "Albrecht", "Bauer", "Becker", "Braun", "Busch", "Engel", "Fischer", "Graf", "Hoffmann",
        "Keller", "Krüger", "Lang", "Maier", "Neumann", "Roth", "Schäfer", "Schulz", "Vogel",
        "Weber", "Winkler",
    ),
}  # fmt: skip
COMPANIES = (
    "Synthetic Anchor Supply", "Synthetic Birch Books", "Synthetic Cedar Legal",
    "Synthetic Delta Tools", "Synthetic Ember Energy", "Synthetic Falcon Freight",
    "Synthetic Garnet Health", "Synthetic Harvest Foods", "Synthetic Iris Design",
    "Synthetic Juniper Labs", "Synthetic Kite Media", "Synthetic Lantern Travel",
)  # fmt: skip
